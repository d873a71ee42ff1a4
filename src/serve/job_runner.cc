#include "serve/job_runner.h"

#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/counted.h"
#include "base/file.h"
#include "document/html.h"
#include "document/page_json.h"
#include "document/source.h"
#include "format/json.h"
#include "serve/read_request.h"

namespace quire {
namespace {

// Jobs share the model with everybody who waits, as one client among them.
constexpr std::string_view kClient = "jobs";

// Whether a page ended, and how, in the file that says so; nothing when it did not.
std::optional<bool> page_was_read(const std::string& path) {
  const auto json = read_json(path);
  if (!json) return {};
  const auto status = get_string(*json, "status");
  return status.ok() && (*status == "ok" || *status == "empty");
}

}  // namespace

std::string job_page_path(const Job& job, int page) {
  char name[32];
  std::snprintf(name, sizeof name, "/page-%06d.json", page);
  return job.folder + name;
}

JobRunner::JobRunner(Engine& engine, JobStore& store)
    : engine_(engine), store_(store), thread_([this] { run(); }) {}

JobRunner::~JobRunner() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    stop_.request_stop();
  }
  changed_.notify_all();
  thread_.join();
}

void JobRunner::wake() {
  const std::lock_guard lock(mutex_);
  changed_.notify_all();
}

std::optional<JobRunner::Progress> JobRunner::progress() const {
  const std::lock_guard lock(mutex_);
  return progress_;
}

void JobRunner::cancel(const std::string& id) {
  std::unique_lock lock(mutex_);
  if (!progress_ || progress_->id != id) return;
  stop_.request_stop();
  changed_.wait(lock, [&] { return !progress_ || progress_->id != id; });
}

void JobRunner::run() {
  while (const auto job = next()) {
    read(*job, stop_.get_token());
    const std::lock_guard lock(mutex_);
    progress_.reset();
    changed_.notify_all();
  }
}

// Waits for a job that has not ended; nothing when the runner is to end.
std::optional<Job> JobRunner::next() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    for (const Job& job : store_.all()) {
      if (job.ended()) continue;
      stop_ = std::stop_source();
      progress_ = Progress{job.id};
      return job;
    }
    changed_.wait(lock);
  }
  return {};
}

void JobRunner::read(const Job& job, std::stop_token stop) {
  SourceOptions options;
  options.picture.max_pixels = engine_.limits.picture_pixels;
  const auto source = open_document(job.document, options);
  if (!source) {
    (void)store_.end(job, "failed", source.status().message());
    return;
  }
  ReadRequest request;
  request.prompt = job.order.prompt;
  if (const auto mode = find_mode(job.order.mode)) request.mode = *mode;
  request.max_tokens = static_cast<std::size_t>(job.order.max_tokens);
  request.retries = static_cast<int>(job.order.retries);

  const int pages = (*source)->page_count();
  int failed = 0;
  for (int page = 1; page <= pages; ++page) {
    {
      const std::lock_guard lock(mutex_);
      progress_->done = page - 1;
      progress_->pages = pages;
    }
    const std::string path = job_page_path(job, page);
    if (const auto before = page_was_read(path)) {
      failed += *before ? 0 : 1;
      continue;
    }
    PageResult result;
    const bool had_turn = engine_.in_turn(std::string(kClient), stop, [&](const Turn& turn) {
      auto read = read_source_page(**source, page, turn.reader,
                                   served_rules(turn, request, job.order.whole_page));
      if (read) {
        result = *std::move(read);
      } else {
        result.problem = read.status().message();
      }
    });
    if (stop.stop_requested()) return;  // the page is read again when the job goes on
    if (!had_turn) {                    // all others first
      std::this_thread::sleep_for(std::chrono::seconds(1));
      --page;
      continue;
    }
    nlohmann::ordered_json json = page_json(result, {});
    json["page"] = page;
    json["html"] = html_section(result.page, {});
    failed += is_success(result.status) ? 0 : 1;
    const Status written = write_file(
        path, json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    if (!written.ok()) {
      (void)store_.end(job, "failed",
                       "the server's disk took no more after page " + std::to_string(page - 1));
      return;
    }
  }
  const std::string problem = failed == 0 ? ""
                                          : counted(failed, "page was", "pages were") +
                                                " not read, of " + std::to_string(pages);
  (void)store_.end(job, failed == pages ? "failed" : "done", problem);
}

}  // namespace quire
