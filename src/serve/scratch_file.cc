#include "serve/scratch_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>

namespace quire {

Result<ScratchFile> ScratchFile::with(std::string_view bytes) {
  std::error_code error;
  const auto folder = std::filesystem::temp_directory_path(error);
  std::string path = ((error ? "/tmp" : folder) / "quire-XXXXXX").string();
  const int file = mkstemp(path.data());
  if (file < 0) return io_error("there is no place for the upload on the server's disk");
  ScratchFile scratch(std::move(path));
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) break;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  ::close(file);
  if (!bytes.empty()) return io_error("there is no place for the upload on the server's disk");
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
