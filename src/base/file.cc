#include "base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace quire {
namespace {

Status errno_status(const std::string& path, const char* what) {
  const int error = errno;
  const std::string message = std::string(what) + ": " + std::strerror(error);
  // ENOTDIR: a file stands where the path has a folder, so there is nothing at its end.
  const bool absent = error == ENOENT || error == ENOTDIR;
  return Status(absent ? Code::kNotFound : Code::kIo, message).at(path);
}

// Closes a descriptor on every way out.
struct Descriptor {
  int fd = -1;
  ~Descriptor() {
    if (fd > 2) ::close(fd);
  }
};

Status write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno_status(path, "cannot write");
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t limit) {
  Descriptor file;
  file.fd = path == "-" ? 0 : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file.fd < 0) return errno_status(path, "cannot open");
  struct stat info {};
  if (::fstat(file.fd, &info) != 0) return errno_status(path, "cannot stat");
  if (S_ISDIR(info.st_mode)) return io_error(path + ": is a directory, a file was expected");

  std::string bytes;
  const auto too_large = [&] {
    return over_limit(path + ": more than " + std::to_string(limit) +
                      " bytes, which is the limit here");
  };
  if (S_ISREG(info.st_mode)) {
    if (static_cast<std::uint64_t>(info.st_size) > limit) return too_large();
    bytes.reserve(static_cast<std::size_t>(info.st_size));
  }
  char buffer[1 << 16];
  while (true) {
    const ssize_t n = ::read(file.fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno_status(path, "cannot read");
    if (n == 0) return bytes;
    if (bytes.size() + static_cast<std::size_t>(n) > limit) return too_large();
    bytes.append(buffer, static_cast<std::size_t>(n));
  }
}

Status write_file(const std::string& path, std::string_view bytes, const std::string& scratch) {
  Result<FileWriter> writer = FileWriter::create(path, scratch);
  if (!writer) return writer.status();
  QUIRE_TRY(writer->append(bytes));
  return writer->commit();
}

Result<FileWriter> FileWriter::create(const std::string& path, const std::string& scratch) {
  FileWriter writer;
  writer.path_ = path;
  if (path == "-") {
    writer.path_ = "standard output";
    writer.fd_ = 1;
    return writer;
  }

  // A device or a pipe cannot be renamed over; write straight to it.
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) {
    writer.fd_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (writer.fd_ < 0) return errno_status(path, "cannot open for writing");
    return writer;
  }

  std::string temporary = (scratch.empty() ? path : scratch + "/unfinished") + ".XXXXXX";
  writer.fd_ = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (writer.fd_ < 0) return errno_status(path, "cannot create a file there");
  writer.temporary_ = temporary;
  return writer;
}

Status FileWriter::append(std::string_view bytes) { return write_all(fd_, bytes, path_); }

Status FileWriter::commit() {
  if (temporary_.empty()) return {};
  if (::fchmod(fd_, 0644) != 0) return errno_status(path_, "cannot set its mode");
  if (::fsync(fd_) != 0) return errno_status(path_, "cannot sync");
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
    return errno_status(path_, "cannot rename into place");
  }
  temporary_.clear();
  return {};
}

FileWriter::~FileWriter() {
  if (fd_ > 2) ::close(fd_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

FileWriter::FileWriter(FileWriter&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      path_(std::exchange(other.path_, {})),
      temporary_(std::exchange(other.temporary_, {})) {}

FileWriter& FileWriter::operator=(FileWriter&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(path_, other.path_);
  std::swap(temporary_, other.temporary_);
  return *this;
}

Result<MappedFile> MappedFile::open(const std::string& path) {
  Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) return errno_status(path, "cannot open");
  struct stat info {};
  if (::fstat(file.fd, &info) != 0) return errno_status(path, "cannot stat");
  if (!S_ISREG(info.st_mode)) return io_error(path + ": not a regular file");
  MappedFile mapped;
  mapped.size_ = static_cast<std::size_t>(info.st_size);
  if (mapped.size_ == 0) return mapped;
  void* data = ::mmap(nullptr, mapped.size_, PROT_READ, MAP_PRIVATE, file.fd, 0);
  if (data == MAP_FAILED) {
    mapped.size_ = 0;
    return errno_status(path, "cannot map");
  }
  mapped.data_ = static_cast<const std::uint8_t*>(data);
  return mapped;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::uint8_t*>(data_), size_);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

namespace {

std::uintptr_t page_size() { return static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE)); }

}  // namespace

void fetch_pages(std::span<const std::uint8_t> mapped) {
#ifdef MADV_POPULATE_READ  // Linux 5.14
  if (mapped.empty()) return;
  const auto from = reinterpret_cast<std::uintptr_t>(mapped.data());
  const std::uintptr_t page = page_size(), begin = from / page * page;
  ::madvise(reinterpret_cast<void*>(begin), from + mapped.size() - begin, MADV_POPULATE_READ);
#else
  (void)mapped;
#endif
}

void release_pages(std::span<const std::uint8_t> mapped) {
  // Whole pages only: the first and the last may hold a neighbour's bytes.
  const std::uintptr_t page = page_size();
  const auto from = reinterpret_cast<std::uintptr_t>(mapped.data());
  const std::uintptr_t begin = (from + page - 1) / page * page,
                       end = (from + mapped.size()) / page * page;
  if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

}  // namespace quire
