// The system calls of a child, as a seccomp program. A list of what is allowed, because a list of
// what is forbidden is never complete: what stands in neither table fails with ENOSYS, as it would
// on an older kernel.
#pragma once

#include <linux/filter.h>

#include <vector>

#include "base/status.h"

namespace quire {

// The program is started by execveat() on this descriptor, and by nothing else. The limit of open
// files lies below it, so that once it has closed on exec nobody can have it again: the filter
// lets exactly one exec through.
inline constexpr int kProgramDescriptor = 200;
inline constexpr int kMaxOpenFiles = 64;

// Made in the parent, because the library allocates; the child only installs it.
Result<std::vector<sock_filter>> system_call_filter();

}  // namespace quire
