#include "batch/report.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "batch/ledger.h"
#include "batch/outputs.h"
#include "batch/pile.h"

namespace quire {
namespace {

using OrderedJson = nlohmann::ordered_json;

// Seconds covered by at least one of the stretches.
double covered(std::vector<ReportWorker> workers) {
  std::sort(workers.begin(), workers.end(),
            [](const ReportWorker& a, const ReportWorker& b) { return a.begin < b.begin; });
  double sum = 0, reached = 0;
  for (const ReportWorker& worker : workers) {
    const double from = std::max(worker.begin, reached);
    if (worker.end > from) sum += worker.end - from;
    reached = std::max(reached, worker.end);
  }
  return sum;
}

// Keeps the first `most` in order.
template <typename T, typename Before>
void insert_sorted(std::vector<T>& list, T one, std::size_t most, const Before& before) {
  const auto at = std::upper_bound(list.begin(), list.end(), one, before);
  list.insert(at, std::move(one));
  if (list.size() > most) list.pop_back();
}

OrderedJson layers_json(const ReportLayers& layers) {
  OrderedJson furthest = OrderedJson::array();
  for (const ReportDifference& page : layers.furthest) {
    furthest.push_back({{"document", page.document},
                        {"page", page.page},
                        {"agreement", page.agreement},
                        {"summary", page.summary}});
  }
  return {{"taken", layers.taken},
          {"compared", layers.compared},
          {"differ", layers.differ},
          {"agreement", layers.agreement},
          {"furthest", std::move(furthest)}};
}

class Adding {
 public:
  Status add(const std::string& folder) {
    const std::string journals = journal_folder(folder);
    if (!std::filesystem::exists(journals)) {
      return not_found(folder +
                       ": there is no journal here; name a folder that quire read -o wrote");
    }
    Ledger ledger(journals);
    QUIRE_TRY(ledger.refresh());
    report_.folders.push_back(folder);
    for (const JournalEntry& journal : ledger.journals()) {
      report_.workers.push_back(
          {journal.worker, journal.pages, journal.first_time, journal.last_time});
    }
    for (const auto& [id, document] : ledger.documents()) {
      ++report_.documents;
      report_.unwritten += document.written() ? 0 : 1;
      for (std::size_t i = 0; i < document.pages.size(); ++i) {
        QUIRE_TRY(add_page(ledger, id.key, static_cast<int>(i + 1), document.pages[i]));
      }
    }
    report_.read_twice += ledger.read_twice();
    report_.damages.insert(report_.damages.end(), ledger.damages().begin(), ledger.damages().end());
    return {};
  }

  PileReport finish() {
    std::sort(report_.workers.begin(), report_.workers.end(),
              [](const ReportWorker& a, const ReportWorker& b) { return a.begin < b.begin; });
    report_.seconds = covered(report_.workers);
    report_.timeline.assign(kTimelineSlots, 0);
    if (!times_.empty()) {
      const auto [first, last] = std::minmax_element(times_.begin(), times_.end());
      const double span = std::max(*last - *first, 1e-3);
      for (const double time : times_) {
        const auto slot = static_cast<std::size_t>((time - *first) / span * kTimelineSlots);
        ++report_.timeline[std::min(slot, kTimelineSlots - 1)];
      }
    }
    return std::move(report_);
  }

 private:
  Status add_page(const Ledger& ledger, const std::string& key, int number,
                  const PageEntry& entry) {
    ++report_.pages;
    report_.begun_again += entry.begun > 1 ? 1 : 0;
    if (!entry.ended()) return {};
    ++report_.ended;
    report_.read_again += entry.round > 0 ? 1 : 0;
    ++report_.statuses[static_cast<std::size_t>(entry.status)];
    report_.tokens += entry.tokens;
    report_.page_seconds += static_cast<double>(entry.seconds);
    times_.push_back(entry.time);
    ReportPage page{readable_key(key), number, entry.status, "", static_cast<double>(entry.seconds),
                    entry.tokens};
    if (!is_read(entry.status)) {
      const Result<Json> record = ledger.record(entry);
      QUIRE_TRY(record);
      const auto reason = get_string(*record, "reason", "");
      if (reason) page.reason = *reason;
      report_.failures.push_back(page);
    }
    QUIRE_TRY(add_layer(ledger, page, entry));
    insert_sorted(report_.slowest, std::move(page), kSlowestPages,
                  [](const auto& a, const auto& b) { return a.seconds > b.seconds; });
    return {};
  }

  Status add_layer(const Ledger& ledger, const ReportPage& page, const PageEntry& entry) {
    ReportLayers& layers = report_.layers;
    layers.taken += entry.from_layer ? 1 : 0;
    if (entry.agreement < 0) return {};
    const double agreement = static_cast<double>(entry.agreement);
    ++layers.compared;
    layers.agreement += (agreement - layers.agreement) / static_cast<double>(layers.compared);
    if (agreement >= 1) return {};
    ++layers.differ;
    if (layers.furthest.size() == kFurthestPages && layers.furthest.back().agreement <= agreement) {
      return {};
    }
    const Result<Json> record = ledger.record(entry);
    QUIRE_TRY(record);
    const Json* content = find_key(*record, "content");
    const Json* layer = content != nullptr ? find_key(*content, "text_layer") : nullptr;
    const auto summary = get_string(layer != nullptr ? *layer : Json(), "summary", "");
    insert_sorted(layers.furthest,
                  ReportDifference{page.document, page.page, agreement, summary ? *summary : ""},
                  kFurthestPages,
                  [](const auto& a, const auto& b) { return a.agreement < b.agreement; });
    return {};
  }

  PileReport report_;
  std::vector<double> times_;
};

}  // namespace

double PileReport::pages_per_second() const {
  return seconds > 0 ? static_cast<double>(ended) / seconds : 0;
}

Result<PileReport> make_report(std::span<const std::string> folders) {
  Adding adding;
  for (const std::string& folder : folders) QUIRE_TRY(adding.add(folder));
  return adding.finish();
}

nlohmann::ordered_json report_json(const PileReport& report) {
  const auto pages_json = [](const std::vector<ReportPage>& pages) {
    OrderedJson list = OrderedJson::array();
    for (const ReportPage& page : pages) {
      list.push_back({{"document", page.document},
                      {"page", page.page},
                      {"status", to_string(page.status)},
                      {"reason", page.reason},
                      {"seconds", page.seconds},
                      {"tokens", page.tokens}});
    }
    return list;
  };
  OrderedJson statuses, workers = OrderedJson::array();
  for (std::size_t i = 0; i < kPageStatuses; ++i)
    statuses[kPageStatusNames[i]] = report.statuses[i];
  for (const ReportWorker& worker : report.workers) {
    workers.push_back({{"name", worker.name},
                       {"pages", worker.pages},
                       {"begin", worker.begin},
                       {"end", worker.end}});
  }
  return {{"folders", report.folders},
          {"documents", report.documents},
          {"unwritten", report.unwritten},
          {"pages", report.pages},
          {"ended", report.ended},
          {"statuses", std::move(statuses)},
          {"tokens", report.tokens},
          {"begun_again", report.begun_again},
          {"read_twice", report.read_twice},
          {"read_again", report.read_again},
          {"seconds", report.seconds},
          {"page_seconds", report.page_seconds},
          {"pages_per_second", report.pages_per_second()},
          {"pages_per_day", report.pages_per_second() * 86400},
          {"workers", std::move(workers)},
          {"slowest", pages_json(report.slowest)},
          {"failures", pages_json(report.failures)},
          {"text_layers", layers_json(report.layers)},
          {"damages", report.damages}};
}

}  // namespace quire
