#include "convert/output_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

namespace quire {

Result<OutputFolder> OutputFolder::beside(const std::string& out) {
  OutputFolder made;
  std::string name = out;
  while (name.size() > 1 && name.back() == '/') name.pop_back();
  name += ".XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) {
    return io_error(out + ": cannot make a folder beside it: " + std::strerror(errno));
  }
  made.folder_ = name;
  return made;
}

OutputFolder::OutputFolder(OutputFolder&& other) noexcept
    : folder_(std::exchange(other.folder_, {})) {}

OutputFolder::~OutputFolder() {
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

Status OutputFolder::move_file(const std::string& name, const std::string& to) const {
  std::error_code error;
  std::filesystem::rename(path(name), to, error);
  return error ? io_error(to + ": cannot rename into place: " + error.message()) : Status();
}

Status OutputFolder::become(const std::string& to) {
  std::error_code error;
  ::chmod(folder_.c_str(), 0755);
  std::filesystem::rename(folder_, to, error);
  if (error) return io_error(to + ": cannot rename into place: " + error.message());
  folder_.clear();
  return {};
}

}  // namespace quire
