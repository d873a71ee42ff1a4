// Jobs on the disk: documents that are read while nobody waits. A job is a folder, and all there is
// to know about it is in it, so that the end of the process at any moment loses nothing:
//
//   FOLDER/ID/document.pdf   as it was sent (its ending by its first bytes)
//   FOLDER/ID/job.json       what is asked about it
//   FOLDER/ID/out/           journal and outputs of batch/pile.h
//   FOLDER/ID/end.json       how it ended, once it has
//
// A job is made under another name and gets its own in one step, and it leaves the same way.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace quire {

struct JobOrder {
  std::string name;                          // of the document, as the client calls it
  std::string task = "markdown", mode = {};  // "" for the mode: the usual one
  std::string prompt = {};
  bool whole_page = false;  // the prompt asks for all words of a page
  std::int64_t max_tokens = 8192, retries = 0;
};

struct Job {
  std::string id;        // 32 hex digits
  std::string folder;    // of this job
  std::string document;  // path of it
  JobOrder order;
  std::int64_t created = 0;  // seconds since 1970
  std::string state;         // "queued", and where it has ended "done", "failed" or "cancelled"
  std::string problem;       // a sentence, where it has failed

  bool ended() const { return state != "queued"; }
};

// Any number of threads; one process.
class JobStore {
 public:
  // Makes the folder if it is not there. Error: it cannot be written.
  static Result<JobStore> open(const std::string& folder);

  // On the disk when it returns.
  Result<Job> add(const JobOrder& order, std::string_view document);
  // Error: kNotFound.
  Result<Job> find(std::string_view id) const;
  std::vector<Job> all() const;  // oldest first
  Status end(const Job& job, std::string_view state, std::string_view problem);
  Status remove(std::string_view id);

 private:
  explicit JobStore(std::string folder) : folder_(std::move(folder)) {}
  std::string folder_;
};

}  // namespace quire
