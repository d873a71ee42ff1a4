#include "batch/pile.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>

#include "base/clock.h"
#include "batch/page_work.h"
#include "batch/piece_search.h"
#include "batch/pile_log.h"
#include "batch/pile_sums.h"

namespace quire {
namespace {

// The lanes of one process: each takes the next page, reads it, and says how it ended.
class PileRun {
 public:
  PileRun(const std::vector<Document>& documents, const OpenDocument& open,
          const PileOptions& options, std::unique_ptr<PileLog> log, std::unique_ptr<Claims> claims)
      : documents_(documents),
        options_(options),
        scratch_(scratch_folder(options.folder)),
        log_(std::move(log)),
        search_(documents, open, options, *log_, std::move(claims)) {}

  Result<PileSummary> run() {
    std::vector<std::thread> lanes;
    for (int i = 1; i < options_.lanes; ++i) lanes.emplace_back([this, i] { lane(i); });
    lane(0);
    for (std::thread& lane : lanes) lane.join();
    if (!log_->failure().ok()) return log_->failure();
    PileSummary sum = pile_summary(documents_, options_.shard, *log_);
    sum.read_now = read_now_;
    sum.unwritten = unwritten_;
    sum.stopped = stopping();
    return sum;
  }

 private:
  void lane(int slot) {
    while (std::optional<PageTask> task = next(slot)) {
      EndedPage ended = do_page(documents_[task->document], *task,
                                {options_.folder, scratch_, options_.boxes}, options_.page_seconds);
      log_->end_mark(slot);
      finish(*task, std::move(ended));
    }
  }

  bool stopping() const { return options_.stop != nullptr && *options_.stop; }
  bool at_end() const { return search_.at_end() && under_way_ == 0 && !search_.others_at_work(); }

  // The next page for this lane, which waits while others may find some. None: all is done.
  std::optional<PageTask> next(int slot) {
    std::unique_lock lock(mutex_);
    while (log_->failure().ok()) {
      if (stopping()) ready_.clear();
      if (std::optional<PageTask> task = take_ready(slot)) return task;
      if (ready_.empty() && !searching_) {
        if (stopping() || at_end()) break;
        if (!search_.at_end() || under_way_ == 0) {
          searching_ = true;
          search(lock);
          searching_ = false;
          wake_.notify_all();
          continue;
        }
      }
      wake_.wait(lock);
    }
    wake_.notify_all();
    return std::nullopt;
  }

  std::optional<PageTask> take_ready(int slot) {
    if (ready_.empty() || alone_ || (ready_.front().alone && under_way_ > 0)) return std::nullopt;
    PageTask task = std::move(ready_.front());
    ready_.pop_front();
    ++under_way_;
    alone_ = task.alone;
    log_->begin(documents_[task.document], task.page, slot);
    return task;
  }

  void search(std::unique_lock<std::mutex>& lock) {
    if (search_.at_end()) {
      // Others have what is left: look again a little later.
      const std::chrono::duration<double> pause(std::clamp(options_.lease_seconds / 20, 0.05, 2.0));
      wake_.wait_for(lock, pause);
      log_->refresh();
      show_progress();
      search_.start_over();
    }
    PieceSearch::Found found = search_.next(lock);
    ready_ = std::move(found.pages);
    if (found.unwritten) write(lock, *found.unwritten);
  }

  void finish(const PageTask& task, EndedPage ended) {
    std::unique_lock lock(mutex_);
    --under_way_;
    alone_ = false;
    wake_.notify_all();
    if (!ended.fatal.ok()) return log_->note(ended.fatal);
    const PageRecord record = ended.record;
    const std::string remark = ended.remark;
    log_->ended(std::move(ended));
    ++read_now_;
    const std::string place =
        documents_[task.document].path + ", page " + std::to_string(task.page) + ": ";
    if (!is_read(record.status)) {
      problem(place + std::string(to_string(record.status)) + ": " + record.reason);
    }
    if (!remark.empty() && options_.on_remark) options_.on_remark(place + remark);
    if (log_->failure().ok() && search_.take_writing(task.document)) write(lock, task.document);
    show_progress();
    wake_.notify_all();
  }

  // The outputs of a document whose pages have ended.
  void write(std::unique_lock<std::mutex>& lock, std::size_t number) {
    const Document& document = documents_[number];
    std::vector<PagePlace> places;
    for (const PageEntry& page : log_->entry(document).pages) {
      const auto journal = static_cast<std::size_t>(page.journal);
      places.push_back({log_->ledger().journals()[journal].path, page.where});
    }
    lock.unlock();
    const Status status =
        write_outputs(options_.folder, scratch_, document, places, options_.formats);
    lock.lock();
    if (status.ok()) return log_->written(document);
    ++unwritten_;
    problem(status.message());
  }

  void problem(const std::string& sentence) const {
    if (options_.on_problem) options_.on_problem(sentence);
  }

  void show_progress() {
    // Adding up takes a while when there are a million pages.
    constexpr double kEvery = 0.5;  // seconds
    if (!options_.on_progress || steady_seconds() - shown_ < kEvery) return;
    shown_ = steady_seconds();
    options_.on_progress(pile_progress(documents_, options_.shard, *log_));
  }

  // Constant.
  const std::vector<Document>& documents_;
  const PileOptions& options_;
  const std::string scratch_;

  // Guarded by mutex_.
  std::mutex mutex_;
  std::condition_variable wake_;
  std::unique_ptr<PileLog> log_;
  PieceSearch search_;
  std::deque<PageTask> ready_;
  int under_way_ = 0;
  bool searching_ = false;  // one lane is, with the mutex let go now and then
  bool alone_ = false;      // the page under way must be the only one
  std::int64_t read_now_ = 0, unwritten_ = 0;
  double shown_ = 0;  // when progress was
};

}  // namespace

Result<PileSummary> read_pile(const Manifest& manifest, const OpenDocument& open,
                              const PileOptions& options) {
  QUIRE_CHECK(options.lanes >= 1 && options.lanes <= CrashMarks::kSlots);
  const std::string worker = worker_name();
  Result<std::unique_ptr<PileLog>> log = PileLog::open(options, manifest.documents, worker);
  QUIRE_TRY(log);
  Result<std::unique_ptr<Claims>> claims =
      Claims::join((std::filesystem::path(options.folder) / ".quire" / "claims").string(), worker,
                   options.lease_seconds);
  QUIRE_TRY(claims);
  return PileRun(manifest.documents, open, options, *std::move(log), *std::move(claims)).run();
}

}  // namespace quire
