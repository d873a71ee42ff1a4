#include "sandbox/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>

#include "base/clock.h"
#include "sandbox/descriptor.h"
#include "sandbox/filter.h"
#include "sandbox/landlock.h"
#include "sandbox/launch.h"

namespace quire {
namespace {

constexpr std::size_t kMaxComplaint = 8192;
constexpr std::size_t kPiece = 1 << 16;  // what a pipe holds

Status refused(const std::string& what) {
  return io_error("the sandbox cannot be set up (" + what + "): " + std::strerror(errno));
}

Result<Descriptor> open_program(const std::string& name) {
  std::vector<std::string> places = {name};
  if (name.find('/') == std::string::npos) places = {"/usr/bin/" + name, "/bin/" + name};
  for (const std::string& place : places) {
    Descriptor program(::open(place.c_str(), O_RDONLY | O_CLOEXEC));
    if (program) return program;
  }
  return not_found("the program " + name + " is not there; install it");
}

// A folder that is nowhere: made, opened, removed. Nothing can be put into it, and nothing of it is
// left behind however we end.
Result<Descriptor> folder_of_its_own() {
  std::string path = (std::filesystem::temp_directory_path() / "quire-XXXXXX").string();
  if (::mkdtemp(path.data()) == nullptr) return refused("a folder, " + path);
  Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ::rmdir(path.c_str());
  if (!folder) return refused("a folder, " + path);
  return folder;
}

struct Pipe {
  Descriptor from, to;
};

Result<Pipe> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return refused("a pipe");
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

// A running child, killed with its group and waited for however we leave.
class Running {
 public:
  explicit Running(pid_t pid)
      : pid_(pid), handle_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {}
  ~Running() {
    if (pid_ > 0) wait(nullptr);
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  int handle() const { return handle_.get(); }
  void kill() const {
    ::kill(-pid_, SIGKILL);
    ::kill(pid_, SIGKILL);
  }

  // Kills what is left of it. The status as wait4() gives it.
  int wait(rusage* used) {
    if (handle_) {
      pollfd ended = {handle_.get(), POLLIN, 0};
      if (::poll(&ended, 1, 0) != 1) kill();
    } else {
      kill();
    }
    int status = 0;
    while (::wait4(pid_, &status, 0, used) < 0 && errno == EINTR) continue;
    pid_ = 0;
    return status;
  }

 private:
  pid_t pid_;
  Descriptor handle_;
};

// Reads what the child says until it has ended and said all. What stops it early is the return
// value; kExited when nothing did.
class Listener {
 public:
  Listener(const ChildLimits& limits, const ChildOutput& output, std::string& complaint)
      : limits_(limits), output_(output), complaint_(complaint) {}

  ChildEnd listen(const Running& child, Descriptor out, Descriptor err) {
    const double deadline = steady_seconds() + limits_.seconds;
    for (;;) {
      pollfd ends[] = {{out.get(), POLLIN, 0}, {err.get(), POLLIN, 0}, {child.handle(), POLLIN, 0}};
      const double left = deadline - steady_seconds();
      if (left <= 0) return ChildEnd::kTimeout;
      const int wait = static_cast<int>(std::min(std::ceil(left * 1000), 1e6));
      if (::poll(ends, 3, wait) < 0 && errno != EINTR) return ChildEnd::kTimeout;
      if (ends[0].revents != 0 && !take_output(out)) return end_;
      if (ends[1].revents != 0) take_complaint(err);
      // An ended child may have left words in the pipes: they are read to their end first.
      if (!out && !err && ends[2].revents != 0) return ChildEnd::kExited;
    }
  }

 private:
  std::string_view read(Descriptor& from) {
    const ssize_t count = ::read(from.get(), piece_, sizeof(piece_));
    if (count < 0 && errno == EINTR) return {};
    if (count <= 0) from.close();
    return {piece_, static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
  }

  bool take_output(Descriptor& out) {
    const std::string_view piece = read(out);
    taken_ += piece.size();
    if (taken_ > limits_.output_bytes) {
      end_ = ChildEnd::kTooMuch;
    } else if (!piece.empty() && !output_(piece)) {
      end_ = ChildEnd::kRefused;
    }
    return end_ == ChildEnd::kExited;
  }

  void take_complaint(Descriptor& err) {
    const std::string_view piece = read(err);
    complaint_ += piece.substr(0, kMaxComplaint - complaint_.size());
  }

  const ChildLimits& limits_;
  const ChildOutput& output_;
  std::string& complaint_;
  std::uint64_t taken_ = 0;
  ChildEnd end_ = ChildEnd::kExited;
  char piece_[kPiece];
};

ChildEnd end_of(int status) {
  if (WIFEXITED(status)) return ChildEnd::kExited;
  switch (WTERMSIG(status)) {
    case SIGSYS:
      return ChildEnd::kForbidden;
    case SIGXCPU:
      return ChildEnd::kTimeout;
    default:
      return ChildEnd::kCrashed;
  }
}

}  // namespace

Result<ChildResult> run_child(const ChildProgram& program, const ChildOutput& output) {
  const Result<Descriptor> file = open_program(program.program);
  QUIRE_TRY(file);
  static const Result<std::vector<sock_filter>> filter = system_call_filter();
  QUIRE_TRY(filter);
  const Result<Descriptor> rules = reading_rules(*file, program.readable);
  QUIRE_TRY(rules);
  const Result<Descriptor> folder = folder_of_its_own();
  QUIRE_TRY(folder);
  const Descriptor nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!nothing) return refused("/dev/null");
  Result<Pipe> out = make_pipe(), err = make_pipe();
  QUIRE_TRY(out);
  QUIRE_TRY(err);

  std::vector<const char*> arguments = {program.program.c_str()};
  for (const std::string& argument : program.arguments) arguments.push_back(argument.c_str());
  arguments.push_back(nullptr);
  static constexpr const char* kEnvironment[] = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC",
                                                 "TMPDIR=/nonexistent", nullptr};
  LaunchPlan plan;
  plan.arguments = arguments.data();
  plan.environment = kEnvironment;
  plan.program = file->get();
  plan.input = nothing.get();
  plan.output = out->to.get();
  plan.errors = err->to.get();
  plan.folder = folder->get();
  plan.ruleset = rules->get();
  plan.filter = *filter;
  plan.memory_bytes = program.limits.memory_bytes;
  plan.cpu_seconds = static_cast<unsigned long long>(std::ceil(program.limits.seconds)) + 1;

  const double begin = steady_seconds();
  const Result<pid_t> pid = launch(plan);
  QUIRE_TRY(pid);
  Running child(*pid);
  out->to.close();
  err->to.close();
  ChildResult result;
  Listener listener(program.limits, output, result.complaint);
  const ChildEnd stopped = listener.listen(child, std::move(out->from), std::move(err->from));
  rusage used = {};
  const int status = child.wait(&used);
  result.end = stopped == ChildEnd::kExited ? end_of(status) : stopped;
  if (WIFEXITED(status)) result.exit_status = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
  result.seconds = steady_seconds() - begin;
  result.peak_bytes = static_cast<std::uint64_t>(used.ru_maxrss) * 1024;
  return result;
}

std::string describe_end(const ChildResult& result, const ChildLimits& limits) {
  const std::string seconds = std::to_string(std::lround(std::ceil(limits.seconds)));
  switch (result.end) {
    case ChildEnd::kExited:
      return result.exit_status == 0
                 ? ""
                 : "gave up (status " + std::to_string(result.exit_status) + ")";
    case ChildEnd::kCrashed:
      return "crashed (signal " + std::to_string(result.signal) + ")";
    case ChildEnd::kForbidden:
      return "tried something that the sandbox forbids, and was stopped";
    case ChildEnd::kTimeout:
      return "was stopped after " + seconds + " s";
    case ChildEnd::kTooMuch:
      return "was stopped after " + std::to_string(limits.output_bytes >> 20) + " MiB of output";
    case ChildEnd::kRefused:
      return "was stopped in the middle of its output";
  }
  return "";
}

}  // namespace quire
