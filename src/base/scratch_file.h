// Bytes on the disk for programs that can only read files: an upload, or standard input. The file
// is gone with this object.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace quire {

class ScratchFile {
 public:
  // In $TMPDIR, readable by this user alone.
  static Result<ScratchFile> with(std::string_view bytes);
  ScratchFile(ScratchFile&& other) noexcept;
  ScratchFile& operator=(ScratchFile&&) = delete;
  ~ScratchFile();

  const std::string& path() const { return path_; }
  // A sentence about the file as one about `name`, which is what its owner knows it by.
  Status named(const Status& status, std::string_view name) const;

 private:
  explicit ScratchFile(std::string path) : path_(std::move(path)) {}
  std::string path_;  // "": moved away
};

}  // namespace quire
