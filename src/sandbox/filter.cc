#include "sandbox/filter.h"

#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <memory>
#include <sstream>
#include <string>
#include <string_view>

#include "sandbox/descriptor.h"

namespace quire {
namespace {

struct Release {
  void operator()(void* context) const { seccomp_release(context); }
};
using Context = std::unique_ptr<void, Release>;

// What a program needs to load itself, read files and compute. Names that an architecture does not
// have are passed over.
constexpr std::string_view kAllowed =
    "read readv pread64 preadv write writev lseek _llseek close stat fstat lstat stat64 fstat64 "
    "lstat64 newfstatat fstatat64 statx statfs fstatfs access faccessat faccessat2 readlink "
    "readlinkat getdents getdents64 getcwd fadvise64 fcntl fcntl64 dup dup2 dup3 poll ppoll mmap "
    "mmap2 munmap mprotect mremap madvise brk rt_sigaction rt_sigprocmask rt_sigreturn "
    "sigaltstack futex sched_yield sched_getaffinity getpid getppid gettid getuid geteuid getgid "
    "getegid uname sysinfo getrusage getrlimit ugetrlimit times time gettimeofday clock_gettime "
    "clock_gettime64 clock_getres nanosleep clock_nanosleep getrandom arch_prctl set_tid_address "
    "set_robust_list rseq exit exit_group";

// What no filter program tries for: it is not made to fail, it is ended and reported.
constexpr std::string_view kDeadly =
    "socket socketpair connect bind fork vfork clone clone3 execve kill tkill ptrace "
    "process_vm_readv process_vm_writev mount unshare setns bpf io_uring_setup userfaultfd "
    "perf_event_open keyctl";

// Bits of open() that could change something.
constexpr scmp_datum_t kOpenForMore =
    O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY);

int add(scmp_filter_ctx filter, std::uint32_t action, const char* name,
        std::vector<scmp_arg_cmp> where = {}) {
  const int call = seccomp_syscall_resolve_name(name);
  if (call < 0) return 0;
  const auto count = static_cast<unsigned>(where.size());
  return seccomp_rule_add_array(filter, action, call, count, where.data());
}

int add_all(scmp_filter_ctx filter, std::uint32_t action, std::string_view names) {
  std::istringstream words{std::string(names)};
  for (std::string name; words >> name;) {
    if (const int error = add(filter, action, name.c_str()); error != 0) return error;
  }
  return 0;
}

int fill(scmp_filter_ctx filter) {
  int error = 0;
  const auto then = [&](int result) { error = error != 0 ? error : result; };
  then(add_all(filter, SCMP_ACT_ALLOW, kAllowed));
  then(add_all(filter, SCMP_ACT_KILL_PROCESS, kDeadly));
  then(add(filter, SCMP_ACT_ALLOW, "open", {SCMP_A1(SCMP_CMP_MASKED_EQ, kOpenForMore, 0)}));
  then(add(filter, SCMP_ACT_ALLOW, "openat", {SCMP_A2(SCMP_CMP_MASKED_EQ, kOpenForMore, 0)}));
  then(add(filter, SCMP_ACT_ALLOW, "ioctl", {SCMP_A1(SCMP_CMP_EQ, TCGETS)}));
  // One's own limits may be looked at, and lowered.
  then(add(filter, SCMP_ACT_ALLOW, "prlimit64", {SCMP_A0(SCMP_CMP_EQ, 0)}));
  then(add(filter, SCMP_ACT_ALLOW, "execveat",
           {SCMP_A0(SCMP_CMP_EQ, kProgramDescriptor), SCMP_A4(SCMP_CMP_EQ, AT_EMPTY_PATH)}));
  then(add(filter, SCMP_ACT_KILL_PROCESS, "execveat", {SCMP_A0(SCMP_CMP_NE, kProgramDescriptor)}));
  return error;
}

Status refused(const char* step, int error) {
  return io_error(std::string("the system call filter cannot be made (") + step + ", error " +
                  std::to_string(error < 0 ? -error : error) + ")");
}

}  // namespace

Result<std::vector<sock_filter>> system_call_filter() {
  const Context context(seccomp_init(SCMP_ACT_ERRNO(ENOSYS)));
  if (context == nullptr) return refused("no memory", ENOMEM);
  if (const int error = fill(context.get()); error != 0) return refused("a rule", error);
  // The library writes programs to descriptors only.
  const Descriptor file(::memfd_create("filter", MFD_CLOEXEC));
  if (!file) return refused("memfd_create", errno);
  if (const int error = seccomp_export_bpf(context.get(), file.get()); error != 0) {
    return refused("the program", error);
  }
  const off_t bytes = ::lseek(file.get(), 0, SEEK_END);
  std::vector<sock_filter> program(static_cast<std::size_t>(bytes) / sizeof(sock_filter));
  if (program.empty() || ::pread(file.get(), program.data(), static_cast<std::size_t>(bytes), 0) !=
                             static_cast<ssize_t>(bytes)) {
    return refused("reading it back", errno);
  }
  return program;
}

}  // namespace quire
