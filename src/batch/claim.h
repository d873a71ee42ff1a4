// Who reads what, when several workers share a folder and come and go. Nothing but the folder is
// needed: its hard links are the locks, on a local disk or NFS alike.
//
// - A worker has one small file, its pulse. It is touched four times in a lease.
// - A claim is a hard link to the pulse of its holder, under the name of the piece of work. link()
//   makes it or finds it taken, in one step. Touching the pulse touches all claims: they are one
//   file.
// - A claim is stale when its pulse says that its holder has ended, when the holder is a process of
//   this machine that is gone, or when its pulse has not moved for a lease. Each watcher measures
//   that with its own clock from when it first looked, so clocks need not agree.
// - A stale claim is never removed. The next generation is claimed beside it (piece.1, piece.2,
//   ...), and that again only one can do. The highest generation holds.
//
// A holder that was only asleep goes on when it wakes, and a piece is then done twice. That costs
// time and nothing else: the same page gives the same result, and the ledger takes it once.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/status.h"

namespace quire {

inline constexpr double kLeaseSeconds = 60;

// One thread at a time; the pulse has its own.
class Claims {
 public:
  // `folder` is made if it is not there; `worker` names this process among all that ever worked in
  // it. Errors: the folder cannot be written, or its file system has no hard links.
  static Result<std::unique_ptr<Claims>> join(const std::string& folder, const std::string& worker,
                                              double lease_seconds = kLeaseSeconds);
  ~Claims();

  enum class Outcome {
    kMine,   // claimed now, or before
    kTaken,  // another worker that lives has it
  };
  // `piece` is part of a file name.
  Result<Outcome> claim(const std::string& piece);

  // For tests: the pulse stops, as if the machine had gone.
  void stop_pulse();

 private:
  struct Sight {  // a claim as it was when it was first seen like this
    std::uint64_t inode = 0;
    std::int64_t pulse = 0;  // nanoseconds
    double since = 0;        // of our clock
  };
  Claims(std::string folder, double lease) : folder_(std::move(folder)), lease_(lease) {}
  Result<bool> is_stale(const std::string& path);

  const std::string folder_;
  const double lease_;
  std::string pulse_path_;
  std::uint64_t inode_ = 0;
  std::map<std::string, Sight> sights_;  // by path

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopped_ = false;  // guarded by mutex_
  std::thread pulse_;
};

// A name for this process that no other has or had: machine, process, moment.
std::string worker_name();

}  // namespace quire
