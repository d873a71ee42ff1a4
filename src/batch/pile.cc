#include "batch/pile.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <thread>

#include "base/clock.h"
#include "batch/ledger.h"
#include "batch/page_work.h"
#include "format/checksum.h"

namespace quire {
namespace {

namespace fs = std::filesystem;
using OrderedJson = nlohmann::ordered_json;
using Durable = JournalWriter::Durable;

double unix_seconds() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string scratch_folder(const std::string& folder) {
  return (fs::path(folder) / ".quire" / "unfinished").string();
}

class PileRun {
 public:
  PileRun(const Manifest& manifest, const OpenDocument& open, const PileOptions& options,
          JournalWriter journal, std::unique_ptr<Claims> claims, Ledger ledger)
      : documents_(manifest.documents),
        open_(open),
        options_(options),
        scratch_(scratch_folder(options.folder)),
        journal_(std::move(journal)),
        claims_(std::move(claims)),
        ledger_(std::move(ledger)),
        marks_(journal_.descriptor()),
        written_(documents_.size(), false) {}

  Result<PileSummary> run() {
    std::vector<std::thread> lanes;
    for (int i = 1; i < options_.lanes; ++i) lanes.emplace_back([this, i] { lane(i); });
    lane(0);
    for (std::thread& lane : lanes) lane.join();
    if (!failure_.ok()) return failure_;
    return summary();
  }

 private:
  void lane(int slot) {
    while (std::optional<PageTask> task = next(slot)) {
      EndedPage ended = do_page(documents_[task->document], *task,
                                {options_.folder, scratch_, options_.boxes}, options_.page_seconds);
      marks_.set(slot, "");
      finish(*task, std::move(ended));
    }
  }

  // ------------------------------------------------------------------ what is next, under mutex_

  std::optional<PageTask> next(int slot) {
    std::unique_lock lock(mutex_);
    while (true) {
      if (!failure_.ok()) return std::nullopt;
      if (stopping()) ready_.clear();
      const bool alone = !ready_.empty() && ready_.front().alone;
      if (!ready_.empty() && !alone_ && (!alone || under_way_ == 0)) {
        PageTask task = std::move(ready_.front());
        ready_.pop_front();
        ++under_way_;
        alone_ = alone;
        begin(task, slot);
        return task;
      }
      if (ready_.empty() && !scanning_) {
        if (stopping() || (at_ == documents_.size() && under_way_ == 0 && !taken_)) {
          wake_.notify_all();
          return std::nullopt;
        }
        if (at_ < documents_.size()) {
          scanning_ = true;
          scan(lock);
          scanning_ = false;
          wake_.notify_all();
          continue;
        }
        if (under_way_ == 0) {
          scanning_ = true;
          begin_round(lock);
          scanning_ = false;
          continue;
        }
      }
      if (!ready_.empty() || scanning_ || under_way_ > 0) wake_.wait(lock);
    }
  }

  bool stopping() const { return options_.stop != nullptr && *options_.stop; }

  // Others have what is left: look again a little later.
  void begin_round(std::unique_lock<std::mutex>& lock) {
    const std::chrono::duration<double> pause(std::clamp(options_.lease_seconds / 20, 0.05, 2.0));
    wake_.wait_for(lock, pause);
    note(ledger_.refresh());
    show_progress();
    at_ = 0;
    taken_ = false;
  }

  // Goes on through the documents until there are pages to read, or to the end.
  void scan(std::unique_lock<std::mutex>& lock) {
    for (; at_ < documents_.size() && ready_.empty() && failure_.ok() && !stopping(); ++at_) {
      if (!options_.shard.takes(at_) || written_[at_]) continue;
      const Document& document = documents_[at_];
      const DocumentEntry& entry = ledger_.document(document.key, document.stamp);
      if (entry.ended()) {
        written_[at_] = true;
        if (!entry.written || !outputs_there(document)) write(lock, at_);
        continue;
      }
      const int pieces = entry.counted ? pieces_of(static_cast<int>(entry.pages.size())) : 1;
      for (int piece = 0; piece < pieces && ready_.empty() && failure_.ok(); ++piece) {
        take_piece(lock, document, piece);
      }
      if (!ready_.empty()) break;  // there may be more in this document
    }
  }

  static int pieces_of(int pages) { return (pages + kPiecePages - 1) / kPiecePages; }

  static std::string piece_name(const Document& document, int piece) {
    const std::string id = document.key + "\n" + document.stamp;
    return sha256_hex({reinterpret_cast<const std::uint8_t*>(id.data()), id.size()}).substr(0, 20) +
           "-" + std::to_string(piece);
  }

  void take_piece(std::unique_lock<std::mutex>& lock, const Document& document, int piece) {
    const int first = piece * kPiecePages + 1;
    const std::string name = piece_name(document, piece);
    if (mine_.count(name) > 0) return;
    if (ledger_.document(document.key, document.stamp).counted &&
        open_pages(document, first).empty())
      return;
    const Result<Claims::Outcome> claim = claims_->claim(name);
    if (!claim) return note(claim.status());
    if (*claim == Claims::Outcome::kTaken) {
      taken_ = true;
      return;
    }
    mine_.insert(name);
    // Its holder before us may have got on since we last looked.
    note(ledger_.refresh());
    if (ledger_.document(document.key, document.stamp).counted &&
        open_pages(document, first).empty())
      return;

    lock.unlock();
    Result<std::shared_ptr<const PageSource>> source = open_(document.path);
    if (source && ((*source)->pages() < 1 || (*source)->pages() > kMaxPages)) {
      source = over_limit(document.path + ": has " + std::to_string((*source)->pages()) +
                          " pages; from 1 to " + std::to_string(kMaxPages) + " can be read");
    }
    lock.lock();
    if (!ledger_.document(document.key, document.stamp).counted) {
      // Of a document that cannot be opened nobody knows its pages: it counts as one.
      append({{"kind", "document"},
              {"document", document.key},
              {"stamp", document.stamp},
              {"pages", source ? (*source)->pages() : 1}},
             Durable::kYes);
    }
    for (const int page : open_pages(document, first)) {
      ready_.push_back(make_task(page, source));
    }
  }

  // The pages of a piece that have not ended.
  std::vector<int> open_pages(const Document& document, int first) const {
    const DocumentEntry& entry = ledger_.document(document.key, document.stamp);
    std::vector<int> open;
    const int end = std::min(first + kPiecePages, static_cast<int>(entry.pages.size()) + 1);
    for (int page = first; page < end; ++page) {
      if (!entry.pages[static_cast<std::size_t>(page - 1)].ended()) open.push_back(page);
    }
    return open;
  }

  PageTask make_task(int page, const Result<std::shared_ptr<const PageSource>>& source) const {
    PageTask task;
    task.document = at_;
    task.page = page;
    if (source) {
      task.source = *source;
    } else {
      task.failure = source.status().message();
      if (source.status().code() == Code::kTimeout) task.failed_as = PageStatus::kTimeout;
    }
    const Document& document = documents_[at_];
    const PageEntry entry = ledger_.page(document.key, document.stamp, page);
    task.alone = entry.begun > 0;
    if (entry.crashed >= kMaxCrashes || entry.begun >= kMaxDeaths) {
      const int times = entry.crashed >= kMaxCrashes ? entry.crashed : entry.begun;
      task.source = nullptr;
      task.failed_as = PageStatus::kError;
      task.failure = "the program died " + std::to_string(times) +
                     " times while it read this page, so it is left out; please report it";
    }
    return task;
  }

  void begin(const PageTask& task, int slot) {
    OrderedJson record = page_event("begin", task);
    append(record, Durable::kNo);
    record["kind"] = "crash";
    marks_.set(slot, journal_line(record));
  }

  OrderedJson page_event(const char* kind, const PageTask& task) const {
    const Document& document = documents_[task.document];
    return {
        {"kind", kind}, {"document", document.key}, {"stamp", document.stamp}, {"page", task.page}};
  }

  void append(OrderedJson record, Durable durable) {
    if (!record.contains("time")) record["time"] = unix_seconds();
    note(journal_.append(record, durable));
    note(ledger_.refresh());
  }

  // Only what ends the whole run.
  void note(const Status& status) {
    if (failure_.ok() && !status.ok()) failure_ = status;
    if (!failure_.ok()) wake_.notify_all();
  }

  // ------------------------------------------------------------------------ outputs, under mutex_

  bool outputs_there(const Document& document) const {
    return std::all_of(options_.formats.begin(), options_.formats.end(),
                       [&](const OutputFormat& format) {
                         std::error_code error;
                         return fs::exists(output_path(options_.folder, document, format), error);
                       });
  }

  void finish(const PageTask& task, EndedPage ended) {
    std::unique_lock lock(mutex_);
    const Document& document = documents_[task.document];
    --under_way_;
    alone_ = false;
    wake_.notify_all();
    if (!ended.fatal.ok()) return note(ended.fatal);
    ended.record.time = unix_seconds();
    append(to_json(ended.record, std::move(ended.content), std::move(ended.stages)), Durable::kYes);
    ++read_now_;
    if (!is_read(ended.record.status)) {
      problem(document.path + ", page " + std::to_string(task.page) + ": " +
              std::string(to_string(ended.record.status)) + ": " + ended.record.reason);
    }
    const bool last = ledger_.document(document.key, document.stamp).ended();
    if (last && !written_[task.document] && failure_.ok()) {
      written_[task.document] = true;
      write(lock, task.document);
    }
    show_progress();
    wake_.notify_all();
  }

  void problem(const std::string& sentence) const {
    if (options_.on_problem) options_.on_problem(sentence);
  }

  // The outputs of a document whose pages have ended.
  void write(std::unique_lock<std::mutex>& lock, std::size_t number) {
    const Document& document = documents_[number];
    std::vector<PagePlace> places;
    for (const PageEntry& page : ledger_.document(document.key, document.stamp).pages) {
      places.push_back(
          {ledger_.journals()[static_cast<std::size_t>(page.journal)].path, page.where});
    }
    lock.unlock();
    const Status status =
        write_outputs(options_.folder, scratch_, document, places, options_.formats);
    lock.lock();
    if (!status.ok()) {
      ++unwritten_;
      problem(status.message());
      return;
    }
    append({{"kind", "written"}, {"document", document.key}, {"stamp", document.stamp}},
           Durable::kYes);
  }

  // ------------------------------------------------------------------------------- adding up

  void show_progress() {
    // Adding up takes a while when there are a million pages.
    constexpr double kEvery = 0.5;  // seconds
    if (!options_.on_progress || steady_seconds() - shown_ < kEvery) return;
    shown_ = steady_seconds();
    PileProgress now;
    std::int64_t counted = 0, counted_pages = 0, known = 0;
    for (std::size_t i = 0; i < documents_.size(); ++i) {
      if (!options_.shard.takes(i)) continue;
      ++known;
      const DocumentEntry& entry = ledger_.document(documents_[i].key, documents_[i].stamp);
      if (!entry.counted) continue;
      ++counted;
      counted_pages += static_cast<std::int64_t>(entry.pages.size());
      now.documents += entry.written ? 1 : 0;
      for (const PageEntry& page : entry.pages) {
        if (!page.ended()) continue;
        ++now.pages;
        now.failed += is_read(page.status) ? 0 : 1;
      }
    }
    const double mean = counted > 0 ? static_cast<double>(counted_pages) / counted : 1;
    now.expected = counted_pages + std::llround(mean * static_cast<double>(known - counted));
    options_.on_progress(now);
  }

  PileSummary summary() {
    PileSummary sum;
    sum.read_now = read_now_;
    sum.unwritten = unwritten_;
    sum.stopped = stopping();
    for (std::size_t i = 0; i < documents_.size(); ++i) {
      if (!options_.shard.takes(i)) continue;
      ++sum.documents;
      for (const PageEntry& page : ledger_.document(documents_[i].key, documents_[i].stamp).pages) {
        if (!page.ended()) continue;
        ++sum.pages;
        ++sum.statuses[static_cast<std::size_t>(page.status)];
      }
    }
    return sum;
  }

  // Constant.
  const std::vector<Document>& documents_;
  const OpenDocument& open_;
  const PileOptions& options_;
  const std::string scratch_;  // what is left in it when a worker is killed is nobody's

  // Guarded by mutex_, claims_ by scanning_.
  std::mutex mutex_;
  std::condition_variable wake_;
  JournalWriter journal_;
  std::unique_ptr<Claims> claims_;
  Ledger ledger_;
  CrashMarks marks_;  // a slot for each lane
  Status failure_;
  std::deque<PageTask> ready_;
  std::set<std::string> mine_;  // pieces claimed by this process
  std::vector<bool> written_;   // or ours to write
  std::size_t at_ = 0;          // the document that is looked at
  int under_way_ = 0;
  bool scanning_ = false, alone_ = false;
  bool taken_ = false;  // in this round there was a piece that another worker has
  std::int64_t read_now_ = 0, unwritten_ = 0;
  double shown_ = 0;  // when progress was
};

}  // namespace

bool PileSummary::all_read() const {
  std::int64_t read = 0;
  for (std::size_t i = 0; i < kPageStatuses; ++i) {
    if (is_read(static_cast<PageStatus>(i))) read += statuses[i];
  }
  return read == pages && unwritten == 0 && !stopped;
}

std::string journal_folder(const std::string& folder) {
  return (fs::path(folder) / ".quire" / "journal").string();
}

Result<PileSummary> read_pile(const Manifest& manifest, const OpenDocument& open,
                              const PileOptions& options) {
  QUIRE_CHECK(options.lanes >= 1 && options.lanes <= CrashMarks::kSlots);
  const std::string journals = journal_folder(options.folder);
  std::error_code error;
  for (const std::string& needed : {journals, scratch_folder(options.folder)}) {
    fs::create_directories(needed, error);
    if (error) return io_error(needed + ": cannot be made: " + error.message());
  }
  Ledger ledger(journals);
  QUIRE_TRY(ledger.refresh());
  for (const JournalEntry& journal : ledger.journals()) {
    if (journal.settings.empty() || journal.settings == options.settings) continue;
    return invalid(options.folder + ": holds a pile that was read with other settings (" +
                   journal.settings + ", now " + options.settings +
                   "); name another folder, or remove " + options.folder + "/.quire");
  }
  for (const std::string& damage : ledger.damages()) {
    if (options.on_problem) options.on_problem(damage + "; what it said is read again");
  }
  const std::string worker = worker_name();
  Result<JournalWriter> journal =
      JournalWriter::create((fs::path(journals) / (worker + ".jsonl")).string());
  QUIRE_TRY(journal);
  QUIRE_TRY(journal->append({{"kind", "run"},
                             {"version", 1},
                             {"worker", worker},
                             {"settings", options.settings},
                             {"time", unix_seconds()}},
                            Durable::kYes));
  Result<std::unique_ptr<Claims>> claims = Claims::join(
      (fs::path(options.folder) / ".quire" / "claims").string(), worker, options.lease_seconds);
  QUIRE_TRY(claims);
  return PileRun(manifest, open, options, *std::move(journal), *std::move(claims),
                 std::move(ledger))
      .run();
}

}  // namespace quire
