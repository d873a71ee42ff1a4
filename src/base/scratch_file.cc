#include "base/scratch_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace quire {
namespace {

Status no_place() { return io_error("there is no place for a temporary file; is $TMPDIR full?"); }

}  // namespace

Result<ScratchFile> ScratchFile::with(std::string_view bytes) {
  std::error_code error;
  const auto folder = std::filesystem::temp_directory_path(error);
  std::string path = ((error ? "/tmp" : folder) / "quire-XXXXXX").string();
  const int file = ::mkostemp(path.data(), O_CLOEXEC);
  if (file < 0) return no_place();
  ScratchFile scratch(std::move(path));
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) break;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  ::close(file);
  if (!bytes.empty()) return no_place();
  return scratch;
}

ScratchFile::ScratchFile(ScratchFile&& other) noexcept : path_(std::move(other.path_)) {
  other.path_.clear();
}

ScratchFile::~ScratchFile() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

Status ScratchFile::named(const Status& status, std::string_view name) const {
  if (status.ok()) return status;
  std::string sentence = status.message();
  for (std::size_t at = 0; (at = sentence.find(path_, at)) != std::string::npos;) {
    sentence.replace(at, path_.size(), name);
    at += name.size();
  }
  return {status.code(), std::move(sentence)};
}

}  // namespace quire
