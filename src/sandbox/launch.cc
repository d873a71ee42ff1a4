#include "sandbox/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "sandbox/descriptor.h"
#include "sandbox/filter.h"
#include "sandbox/landlock.h"

namespace quire {
namespace {

// What the child says on a pipe when it cannot become the other program.
struct Failure {
  int error = 0;
  const char* step = nullptr;  // a literal: the same address on both sides
};

[[noreturn]] void give_up(int report, const char* step) {
  const Failure failure = {errno, step};
  if (::write(report, &failure, sizeof(failure)) < 0) ::_exit(126);
  ::_exit(127);
}

bool limit(__rlimit_resource_t what, rlim_t value) {
  const rlimit both = {value, value};
  return ::setrlimit(what, &both) == 0;
}

bool set_limits(const LaunchPlan& plan) {
  const rlimit cpu = {plan.cpu_seconds, plan.cpu_seconds + 1};  // first a signal that says why
  return limit(RLIMIT_AS, plan.memory_bytes) && ::setrlimit(RLIMIT_CPU, &cpu) == 0 &&
         limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_CORE, 0) && limit(RLIMIT_MEMLOCK, 0) &&
         limit(RLIMIT_MSGQUEUE, 0) && limit(RLIMIT_NPROC, 1) && limit(RLIMIT_NOFILE, kMaxOpenFiles);
}

void reset_signals() {
  struct sigaction standard = {};
  standard.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) ::sigaction(number, &standard, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// In the child.
[[noreturn]] void become(const LaunchPlan& plan, pid_t parent, int report_fd) {
  // Above every number that is about to be taken.
  const auto lift = [](int fd) {
    return fd < 0 ? fd : ::fcntl(fd, F_DUPFD_CLOEXEC, kProgramDescriptor + 1);
  };
  const int report = lift(report_fd), ruleset = lift(plan.ruleset), program = lift(plan.program);
  const int input = lift(plan.input), output = lift(plan.output), errors = lift(plan.errors);
  if (report < 0) give_up(report_fd, "descriptors");
  if (::setpgid(0, 0) != 0) give_up(report, "a process group");
  // About the thread that called, which waits for us until the end.
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) give_up(report, "dying with the parent");
  if (::getppid() != parent) ::_exit(125);
  if (::fchdir(plan.folder) != 0) give_up(report, "the working folder");
  if (::dup2(input, 0) < 0 || ::dup2(output, 1) < 0 || ::dup2(errors, 2) < 0 ||
      ::dup3(program, kProgramDescriptor, O_CLOEXEC) < 0) {
    give_up(report, "descriptors");
  }
  if (::syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) != 0) {
    give_up(report, "closing descriptors");
  }
  if (!set_limits(plan)) give_up(report, "limits");
  reset_signals();
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) give_up(report, "no new privileges");
  if (plan.ruleset >= 0) {
    errno = restrict_to(ruleset);
    if (errno != 0) give_up(report, "Landlock");
  }
  const sock_fprog filter = {static_cast<unsigned short>(plan.filter.size()),
                             const_cast<sock_filter*>(plan.filter.data())};
  if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) != 0) {
    give_up(report, "the system call filter");
  }
  ::syscall(SYS_execveat, kProgramDescriptor, "", plan.arguments, plan.environment, AT_EMPTY_PATH);
  give_up(report, "starting the program");
}

// Apart from launch(), so that the frame the child returns into is one that nobody changes.
[[gnu::noinline]] pid_t split(const LaunchPlan& plan, pid_t parent, int report) {
  const pid_t child = ::vfork();
  if (child == 0) become(plan, parent, report);
  return child;
}

}  // namespace

Result<pid_t> launch(const LaunchPlan& plan) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    return io_error(std::string("no pipe for a child: ") + std::strerror(errno));
  }
  const Descriptor heard(ends[0]);
  Descriptor report(ends[1]);
  // Our signal handlers must not run in the child: it has our memory, and not our state.
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t child = split(plan, ::getpid(), report.get());
  const int error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (child < 0) return io_error(std::string("no child process: ") + std::strerror(error));
  report.close();
  Failure failure;
  if (::read(heard.get(), &failure, sizeof(failure)) != sizeof(failure)) return child;
  ::waitpid(child, nullptr, 0);
  return io_error(std::string("a child in the sandbox failed at ") + failure.step + ": " +
                  std::strerror(failure.error));
}

}  // namespace quire
