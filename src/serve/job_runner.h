// Reads the documents of a JobStore, one job after the other, on a thread of its own. Each page
// that has been read is a file of the job's before the next is begun, written whole or not at all
// (base/file.h). So whatever happens to the process, a job goes on where it was, and no page is
// lost or read twice.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "serve/engine.h"
#include "serve/job_store.h"

namespace quire {

class JobRunner {
 public:
  // Both must outlive it.
  JobRunner(Engine& engine, JobStore& store);
  // Gives up the page under way and waits for that.
  ~JobRunner();

  void wake();  // there is a new job

  // Of the job that is being read.
  struct Progress {
    std::string id;
    int done = 0, pages = 0;  // 0 pages: not opened yet
  };
  std::optional<Progress> progress() const;
  // Returns when the job is not worked on; it must have ended in the store, or it is begun again.
  void cancel(const std::string& id);

 private:
  void run();
  std::optional<Job> next();
  void read(const Job& job, std::stop_token stop);

  Engine& engine_;
  JobStore& store_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  bool ending_ = false;
  std::stop_source stop_;  // of the job under way
  std::optional<Progress> progress_;

  std::thread thread_;
};

// FOLDER/page-000012.json: the page as docs/read.md has it, and its words as HTML under "html".
std::string job_page_path(const Job& job, int page);

}  // namespace quire
