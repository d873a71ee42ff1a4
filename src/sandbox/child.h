// A program run on a stranger's file, as a child that can do nothing but compute.
//
// What the child has: standard input at its end, standard output as our pipe, standard error
// (its beginning is kept), the arguments, four variables of environment, and a working folder that
// is already gone from the disk. No shell, no descriptor of ours, no other process.
//
// What stops it, on plain Debian 12 and without root:
//   seccomp   a list of the system calls that a filter program needs; all others fail. Trying for a
//             socket, a process, a thread, another program, ptrace or a signal to somebody ends it.
//             Opening a file for anything but reading fails.
//   Landlock  reading only /usr, /etc, the loader's folders, the font cache, and `readable`. Where
//   a
//             kernel has none (before 5.13, or switched off) it may read what the user may, and
//             still has nowhere to send it; see confines_reads().
//   rlimits   memory, processor time, open files, no core file, no file that grows.
//   deadline  in wall time, for everything. It is killed with its process group, and it dies when
//             the thread that runs it does.
//
// Not stopped: using a processor until the deadline, and bugs of the kernel in the calls it needs.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace quire {

struct ChildLimits {
  double seconds = 30;                                  // of wall time
  std::uint64_t memory_bytes = std::uint64_t{2} << 30;  // of address space, libraries included
  std::uint64_t output_bytes = std::uint64_t{1} << 30;
};

struct ChildProgram {
  std::string program;  // a path, or a name to look for in /usr/bin and /bin; no scripts
  std::vector<std::string> arguments;  // without the program's own name
  std::vector<std::string> readable;   // files it may read; absolute paths
  ChildLimits limits = {};
};

enum class ChildEnd {
  kExited,     // by itself, with exit_status
  kCrashed,    // by a signal: a fault of its own, or it was out of memory
  kForbidden,  // it tried something that ends it, and was stopped
  kTimeout,
  kTooMuch,  // output
  kRefused,  // the reader of its output had enough
};

struct ChildResult {
  ChildEnd end = ChildEnd::kExited;
  int exit_status = 0;    // of kExited
  int signal = 0;         // of kCrashed and kForbidden
  std::string complaint;  // the first 8 KiB of its standard error
  double seconds = 0;
  std::uint64_t peak_bytes = 0;  // of memory that was really used

  bool good() const { return end == ChildEnd::kExited && exit_status == 0; }
};

// Is given the output piece by piece, in order; false ends the child.
using ChildOutput = std::function<bool(std::string_view piece)>;

// Runs it to its end. Any thread, any number at once. Errors are about starting it: kNotFound
// where the program is not installed, kIo with the step that the system refused. A child that was
// stopped is no error here but a result.
Result<ChildResult> run_child(const ChildProgram& program, const ChildOutput& output);

// What happened in words, "" when good: "was stopped after 30 s", "crashed (signal 11)".
std::string describe_end(const ChildResult& result, const ChildLimits& limits);

// Whether this kernel has Landlock.
bool confines_reads();

}  // namespace quire
