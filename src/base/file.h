// Files: read whole, mapped, or written whole-or-not-at-all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace quire {

// The whole file; "-" is standard input. Refuses more than `limit` bytes with Code::kLimit, without
// reading them all. Errors name the path and the system's reason.
Result<std::string> read_file(const std::string& path, std::size_t limit = SIZE_MAX);

// Writes a temporary file beside `path`, syncs it and renames it, so that `path` is the old file or
// the new one, never half of one. On error the temporary is removed. "-" is standard output. With
// `scratch`, a folder of the same file system, the temporary is there instead: a process that is
// killed leaves it behind.
Status write_file(const std::string& path, std::string_view bytes, const std::string& scratch = "");

// The same for files too large to hold in memory: append the parts in order, then commit. A writer
// that is destroyed before commit() leaves nothing behind. Movable, not copyable; one thread.
class FileWriter {
 public:
  static Result<FileWriter> create(const std::string& path, const std::string& scratch = "");
  ~FileWriter();
  FileWriter(FileWriter&& other) noexcept;
  FileWriter& operator=(FileWriter&& other) noexcept;

  Status append(std::string_view bytes);
  Status commit();  // call once, last

 private:
  FileWriter() = default;
  int fd_ = -1;
  std::string path_;
  std::string temporary_;  // empty: the path is a device or a pipe, written to directly
};

// A file mapped read-only; the bytes live as long as the object. Movable, not copyable.
class MappedFile {
 public:
  static Result<MappedFile> open(const std::string& path);
  MappedFile() = default;
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;

  std::span<const std::uint8_t> bytes() const { return {data_, size_}; }

 private:
  const std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

// Bytes of a MappedFile that will all be read now: taken into memory in one go, where touching them
// page by page would stop for each. Advice; nothing is wrong without it.
void fetch_pages(std::span<const std::uint8_t> mapped);

// Bytes of a MappedFile (never of other memory, which would be lost) that will not be read again
// soon: the system may take their memory back. Reading them again is right, only slower.
void release_pages(std::span<const std::uint8_t> mapped);

}  // namespace quire
