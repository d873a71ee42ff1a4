// Which files a child may read, by Landlock (Linux 5.13; on in Debian 12).
#pragma once

#include <span>
#include <string>

#include "base/status.h"
#include "sandbox/descriptor.h"

namespace quire {

// A ruleset that lets the system's own folders, the program and the named files be read, and
// nothing be written. An empty descriptor where the kernel has no Landlock. Errors: kIo with the
// file that cannot be opened.
Result<Descriptor> reading_rules(const Descriptor& program, std::span<const std::string> files);

// Installs it on the calling thread, which must have given up new privileges. 0 or errno;
// async-signal-safe.
int restrict_to(int ruleset);

}  // namespace quire
