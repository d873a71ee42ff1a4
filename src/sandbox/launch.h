// The way from our process to the other program: vfork to exec.
//
// vfork, because a process that has mapped gigabytes of weights would copy their page tables for a
// program of some megabytes. Until exec the child runs in our memory, on a stopped parent thread,
// so between the two there are only system calls on what the plan already holds: no allocation, no
// lock, no library.
#pragma once

#include <linux/filter.h>
#include <sys/types.h>

#include <span>

#include "base/status.h"

namespace quire {

struct LaunchPlan {
  const char* const* arguments = nullptr;    // ends with nullptr
  const char* const* environment = nullptr;  // the same
  // Descriptors of the parent, all of them closed on exec.
  int program = -1, input = -1, output = -1, errors = -1, folder = -1;
  int ruleset = -1;  // Landlock; -1: none
  std::span<const sock_filter> filter;
  unsigned long long memory_bytes = 0, cpu_seconds = 0;
};

// The child's process id, once the program has been started. Errors: kIo with the step and the
// system's reason.
Result<pid_t> launch(const LaunchPlan& plan);

}  // namespace quire
