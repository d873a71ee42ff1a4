#include "batch/claim.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/clock.h"
#include "base/file.h"

namespace quire {
namespace {

Status system_error(const std::string& path, const char* what) {
  return io_error(path + ": " + what + ": " + std::strerror(errno));
}

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// When a process began, in ticks since the machine did; "" when it is gone.
std::string start_of(const std::string& process) {
  const std::string line = first_line("/proc/" + process + "/stat");
  // The second field is the program's name in brackets, and may hold anything.
  std::size_t at = line.rfind(')');
  if (at == std::string::npos) return "";
  if (line.substr(at, 3) == ") Z") return "";  // dead, and only not yet buried
  for (int field = 2; field < 22 && at != std::string::npos; ++field) at = line.find(' ', at + 1);
  if (at == std::string::npos) return "";
  return line.substr(at + 1, line.find(' ', at + 1) - at - 1);
}

// One running system with one numbering of processes: containers have their own.
std::string machine() {
  std::error_code error;
  return first_line("/proc/sys/kernel/random/boot_id") + " " +
         std::filesystem::read_symlink("/proc/self/ns/pid", error).string();
}

std::string self() {
  const std::string process = std::to_string(::getpid());
  return machine() + "\n" + process + "\n" + start_of(process) + "\n";
}

constexpr std::string_view kEnded = "ended\n";

bool is_gone(const std::string& bytes) {
  if (bytes == kEnded) return true;
  const std::size_t first = bytes.find('\n');
  const std::size_t second = first == std::string::npos ? first : bytes.find('\n', first + 1);
  if (second == std::string::npos || !bytes.ends_with('\n')) return false;  // nobody can say
  if (bytes.substr(0, first) != machine()) return false;
  const std::string process = bytes.substr(first + 1, second - first - 1);
  const std::string start = bytes.substr(second + 1, bytes.size() - second - 2);
  if (process.find_first_not_of("0123456789") != std::string::npos) return false;
  return start_of(process) != start;
}

}  // namespace

std::string worker_name() {
  char host[256] = "";
  ::gethostname(host, sizeof host - 1);
  std::string name = host;
  // It becomes part of file names.
  std::replace_if(
      name.begin(), name.end(),
      [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-'; }, '_');
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(now).count()) + "-" +
         name.substr(0, 64) + "-" + std::to_string(::getpid());
}

Result<std::unique_ptr<Claims>> Claims::join(const std::string& folder, const std::string& worker,
                                             double lease_seconds) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return io_error(folder + ": cannot be made: " + error.message());
  std::unique_ptr<Claims> claims(new Claims(folder, lease_seconds));
  claims->pulse_path_ = folder + "/" + worker + ".pulse";
  QUIRE_TRY(write_file(claims->pulse_path_, self()));
  struct stat info {};
  if (::stat(claims->pulse_path_.c_str(), &info) != 0) {
    return system_error(claims->pulse_path_, "cannot stat");
  }
  claims->inode_ = info.st_ino;
  claims->pulse_ = std::thread([raw = claims.get()] {
    std::unique_lock lock(raw->mutex_);
    const std::chrono::duration<double> beat(raw->lease_ / 4);
    while (!raw->wake_.wait_for(lock, beat, [raw] { return raw->stopped_; })) {
      // A beat that is missed is not the end: there are three more.
      (void)::utimensat(AT_FDCWD, raw->pulse_path_.c_str(), nullptr, 0);
    }
  });
  return claims;
}

void Claims::stop_pulse() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  wake_.notify_all();
  if (pulse_.joinable()) pulse_.join();
}

Claims::~Claims() {
  stop_pulse();
  // In place, for the claims are links to this file: nobody need wait for the lease.
  const int fd = ::open(pulse_path_.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
  if (fd >= 0) {
    (void)!::write(fd, kEnded.data(), kEnded.size());  // else the lease runs out
    ::close(fd);
  }
  ::unlink(pulse_path_.c_str());
}

Result<Claims::Outcome> Claims::claim(const std::string& piece) {
  for (int generation = 1;; ++generation) {
    const std::string path = folder_ + "/" + piece + "." + std::to_string(generation);
    if (::link(pulse_path_.c_str(), path.c_str()) == 0) return Outcome::kMine;
    const int failed = errno;
    struct stat info {};
    const bool there = ::stat(path.c_str(), &info) == 0;
    // On NFS the answer to a link() that was made can get lost.
    if (there && info.st_ino == inode_) return Outcome::kMine;
    if (failed != EEXIST || !there) {
      errno = failed;
      return system_error(path, "cannot claim (hard links are needed here)");
    }
    const Result<bool> stale = is_stale(path);
    QUIRE_TRY(stale);
    if (!*stale) return Outcome::kTaken;
  }
}

Result<bool> Claims::is_stale(const std::string& path) {
  // Opening a file makes NFS ask the server; stat() alone may answer from memory.
  const Result<std::string> bytes = read_file(path, 4096);
  QUIRE_TRY(bytes);
  if (is_gone(*bytes)) return true;
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return system_error(path, "cannot stat");
  const std::int64_t pulse = info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec;
  Sight& sight = sights_[path];
  if (sight.inode != info.st_ino || sight.pulse != pulse) {
    sight = {info.st_ino, pulse, steady_seconds()};
  }
  return steady_seconds() - sight.since > lease_;
}

}  // namespace quire
