#include "sandbox/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>

#include "sandbox/child.h"

namespace quire {
namespace {

// The rights of the first Landlock. Those that came later are about changing files, which the
// system call filter refuses already.
constexpr std::uint64_t kAllRights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
constexpr std::uint64_t kReadFolder =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_EXECUTE;

// Programs, libraries, fonts and what configures them.
constexpr const char* kSystemFolders[] = {"/usr", "/lib", "/lib64",
                                          "/bin", "/etc", "/var/cache/fontconfig"};

int version() {
  const long result =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return result < 0 ? 0 : static_cast<int>(result);
}

bool allow(const Descriptor& rules, const Descriptor& file, std::uint64_t rights) {
  landlock_path_beneath_attr rule = {};
  rule.allowed_access = rights;
  rule.parent_fd = file.get();
  return ::syscall(SYS_landlock_add_rule, rules.get(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
}

Status refused(const std::string& what) {
  return io_error(what + ": cannot be opened for the sandbox: " + std::strerror(errno));
}

}  // namespace

bool confines_reads() {
  static const bool has = version() > 0;
  return has;
}

Result<Descriptor> reading_rules(const Descriptor& program, std::span<const std::string> files) {
  if (!confines_reads()) return Descriptor();
  landlock_ruleset_attr attributes = {};
  attributes.handled_access_fs = kAllRights;
  Descriptor rules(
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, sizeof(attributes), 0)));
  if (!rules) return refused("Landlock");
  for (const char* folder : kSystemFolders) {
    const Descriptor opened(::open(folder, O_PATH | O_CLOEXEC));
    if (opened && !allow(rules, opened, kReadFolder)) return refused(folder);
  }
  const auto run = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE;
  if (!allow(rules, program, run)) return refused("the program");
  for (const std::string& path : files) {
    const Descriptor opened(::open(path.c_str(), O_PATH | O_CLOEXEC));
    if (!opened || !allow(rules, opened, LANDLOCK_ACCESS_FS_READ_FILE)) return refused(path);
  }
  return rules;
}

int restrict_to(int ruleset) {
  return ::syscall(SYS_landlock_restrict_self, ruleset, 0) == 0 ? 0 : errno;
}

}  // namespace quire
