// For tests only: what a pile was read to.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "format/test_support.h"

namespace quire {

// All files of an output folder but the journals, with their bytes.
inline std::map<std::string, std::string> read_outputs(const std::filesystem::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string name = file.path().lexically_relative(folder).string();
    if (file.is_regular_file() && !name.starts_with(".quire")) files[name] = slurp(file.path());
  }
  return files;
}

}  // namespace quire
