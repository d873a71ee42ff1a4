// For tests only: a model that says its first token for ever, as pages that loop do. It is the
// golden test model with an output of zeros, so that all ids are equally good and the first of them
// is taken; where a guard bans that, the next one is the end.
#pragma once

#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "format/test_support.h"

namespace quire {

// Written into `folder`, which must exist, as must the golden model.
inline void write_looping_model(const std::filesystem::path& folder) {
  for (const auto& entry : std::filesystem::directory_iterator(golden_path("tiny-model"))) {
    std::string bytes = slurp(entry.path());
    if (entry.path().extension() == ".safetensors") {
      std::uint64_t header = 0;
      std::memcpy(&header, bytes.data(), sizeof header);
      const auto tensors = nlohmann::json::parse(bytes.substr(8, header));
      const auto range = tensors.at("lm_head.weight").at("data_offsets");
      const std::size_t begin = range[0], end = range[1];
      bytes.replace(8 + header + begin, end - begin, end - begin, '\0');
    }
    ASSERT_TRUE(write_file((folder / entry.path().filename()).string(), bytes).ok());
  }
}

}  // namespace quire
