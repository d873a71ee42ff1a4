#include "app/numbered_path.h"

#include <filesystem>

namespace quire {

std::string numbered_path(const std::string& path, std::size_t number, bool several) {
  if (!several) return path;
  const std::filesystem::path whole(path);
  const std::string name = whole.stem().string() + "-" + std::to_string(number);
  return (whole.parent_path() / (name + whole.extension().string())).string();
}

}  // namespace quire
