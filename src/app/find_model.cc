#include "app/find_model.h"

#include <cstdlib>
#include <filesystem>

namespace quire {
namespace {

namespace fs = std::filesystem;

bool present(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

}  // namespace

std::string program_folder() {
  std::error_code ignored;
  return fs::read_symlink("/proc/self/exe", ignored).parent_path().string();
}

Result<std::string> find_model(const std::string& wanted) {
  std::string name = wanted;
  if (name.empty()) {
    const char* variable = std::getenv("QUIRE_MODEL");
    name = variable != nullptr && *variable != '\0' ? variable : kDefaultModel;
  }
  // A path, or a folder that happens to stand here under that name.
  if (name.find('/') != std::string::npos || present(name)) {
    if (present(name)) return name;
    return not_found(name + ": there is no such model directory or file");
  }
  std::string looked;
  const fs::path beside = program_folder();
  for (const fs::path& folder :
       {beside / "../../models", beside / "../share/quire/models", fs::path("models")}) {
    const fs::path path = (folder / name).lexically_normal();
    if (present(path)) return path.string();
    looked += (looked.empty() ? "" : ", ") + path.string();
  }
  return not_found("no model '" + name + "' in " + looked +
                   "; name a model directory or a GGUF file with --model or in QUIRE_MODEL");
}

}  // namespace quire
