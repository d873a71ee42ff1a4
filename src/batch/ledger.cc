#include "batch/ledger.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>

#include "document/read_document.h"

namespace quire {
namespace {

namespace fs = std::filesystem;

template <typename T>
void count_up(T& counter) {
  if (counter < std::numeric_limits<T>::max()) ++counter;
}

}  // namespace

bool DocumentEntry::ended() const {
  return counted() && std::all_of(pages.begin(), pages.end(),
                                  [](const PageEntry& page) { return page.ended(); });
}

std::int64_t DocumentEntry::rounds() const {
  return std::accumulate(pages.begin(), pages.end(), std::int64_t{0},
                         [](std::int64_t sum, const PageEntry& page) { return sum + page.round; });
}

Status Ledger::refresh() {
  std::error_code error;
  std::vector<std::string> paths;
  for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() == ".jsonl") paths.push_back(at->path().string());
  }
  if (error) return io_error(folder_ + ": cannot be listed: " + error.message());
  std::sort(paths.begin(), paths.end());
  for (const std::string& path : paths) {
    const auto known = std::find_if(journals_.begin(), journals_.end(),
                                    [&](const JournalEntry& j) { return j.path == path; });
    const auto number = static_cast<std::int32_t>(known - journals_.begin());
    if (known == journals_.end()) journals_.emplace_back().path = path;
    const auto size = fs::file_size(path, error);
    if (!error && size == journals_[number].end) continue;
    const Result<JournalReading> reading = read_journal(
        path, journals_[number].end,
        [&](const Json& record, const JournalSpan& where) { take(number, record, where); });
    QUIRE_TRY(reading);
    journals_[number].end = reading->end;
    damages_.insert(damages_.end(), reading->damages.begin(), reading->damages.end());
  }
  return {};
}

void Ledger::take(std::int32_t number, const Json& record, const JournalSpan& where) {
  JournalEntry& journal = journals_[static_cast<std::size_t>(number)];
  const Result<std::string> kind = get_string(record, "kind");
  Status taken = kind ? Status() : kind.status();
  if (kind) {
    taken = *kind == "page" ? take_page(number, record, where) : take_other(journal, *kind, record);
  }
  if (const Result<double> time = get_number(record, "time"); time) {
    if (journal.first_time == 0) journal.first_time = *time;
    journal.last_time = std::max(journal.last_time, *time);
  }
  if (!taken.ok()) {
    damages_.push_back(journal.path + ": the record at byte " + std::to_string(where.offset) +
                       " means nothing here: " + taken.message());
  }
}

Status Ledger::take_page(std::int32_t number, const Json& record, const JournalSpan& where) {
  const Result<PageRecord> page = page_record(record);
  QUIRE_TRY(page);
  ++journals_[static_cast<std::size_t>(number)].pages;
  PageEntry& known = entry({page->document, page->stamp}, page->page);
  if (known.ended()) {
    if (known.round > page->round) return {};
    const std::string& path = journals_[static_cast<std::size_t>(number)].path;
    const std::string& other = journals_[static_cast<std::size_t>(known.journal)].path;
    if (known.round == page->round) {
      ++read_twice_;
      if (std::tie(known.status, other) <= std::tie(page->status, path)) return {};
    }
  }
  known.where = where;
  known.tokens = page->tokens;
  known.time = page->time;
  known.seconds = static_cast<float>(page->seconds);
  known.agreement = static_cast<float>(page->agreement);
  known.from_layer = page->source == kFromLayer;
  known.journal = number;
  known.tries = static_cast<std::uint8_t>(std::min(page->tries, 255));
  known.round = static_cast<std::uint16_t>(page->round);
  known.status = page->status;
  return {};
}

Status Ledger::take_other(JournalEntry& journal, const std::string& kind, const Json& record) {
  const auto round = get_int(record, "round", 0, {0, kMaxRounds});
  QUIRE_TRY(round);
  if (kind == "run") {
    const auto worker = get_string(record, "worker"), settings = get_string(record, "settings");
    QUIRE_TRY(worker);
    QUIRE_TRY(settings);
    journal.worker = *worker;
    journal.settings = *settings;
    journal.round = static_cast<int>(*round);
    return take_again(journal, record);
  }
  const auto key = get_string(record, "document"), stamp = get_string(record, "stamp");
  QUIRE_TRY(key);
  QUIRE_TRY(stamp);
  const Id id{*key, *stamp};
  if (kind == "document") {
    const auto pages = get_int(record, "pages", {}, {1, kMaxPages});
    QUIRE_TRY(pages);
    DocumentEntry& document = documents_[id];
    // Those that were heard of stay: a document that could not be opened was counted as one page.
    document.pages.resize(std::max(document.pages.size(), static_cast<std::size_t>(*pages)));
    document.counted_in = std::max(document.counted_in, static_cast<int>(*round));
  } else if (kind == "written") {
    const auto rounds = get_int(record, "rounds", 0, {0, std::numeric_limits<std::int64_t>::max()});
    QUIRE_TRY(rounds);
    documents_[id].written_at = std::max(documents_[id].written_at, *rounds);
  } else if (kind == "begin" || kind == "crash") {
    const auto page = get_int(record, "page", {}, {1, kMaxPages});
    QUIRE_TRY(page);
    PageEntry& known = entry(id, static_cast<int>(*page));
    if (*round < known.tried_in) return {};
    if (*round > known.tried_in) known.begun = known.crashed = 0;
    known.tried_in = static_cast<std::uint16_t>(*round);
    count_up(kind == "begin" ? known.begun : known.crashed);
  } else {
    return invalid("there is no kind '" + kind + "'");
  }
  return {};
}

// Which pages a worker was told to read again.
Status Ledger::take_again(JournalEntry& journal, const Json& record) {
  const Json* list = find_key(record, "again");
  if (list == nullptr) return {};
  if (!list->is_array()) return invalid("'again' is no list");
  for (const Json& name : *list) {
    const auto status = find_page_status(name.is_string() ? name.get<std::string>() : "");
    if (!status) return invalid("'again' holds what is no status");
    journal.again.set(static_cast<std::size_t>(*status));
  }
  return {};
}

PageEntry& Ledger::entry(const Id& id, int page) {
  std::vector<PageEntry>& pages = documents_[id].pages;
  if (pages.size() < static_cast<std::size_t>(page)) pages.resize(static_cast<std::size_t>(page));
  return pages[static_cast<std::size_t>(page - 1)];
}

const DocumentEntry& Ledger::document(std::string_view key, std::string_view stamp) const {
  static const DocumentEntry kNothing;
  const auto known = documents_.find({std::string(key), std::string(stamp)});
  return known == documents_.end() ? kNothing : known->second;
}

PageEntry Ledger::page(std::string_view key, std::string_view stamp, int page) const {
  const std::vector<PageEntry>& pages = document(key, stamp).pages;
  return static_cast<std::size_t>(page) <= pages.size() ? pages[static_cast<std::size_t>(page - 1)]
                                                        : PageEntry();
}

Result<Json> Ledger::record(const PageEntry& page) const {
  return read_journal_record(journals_[static_cast<std::size_t>(page.journal)].path, page.where);
}

}  // namespace quire
