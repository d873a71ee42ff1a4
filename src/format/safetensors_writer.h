// Writes a safetensors file, whole or not at all. Tensors go in widest element first (each then
// begins at a multiple of its element size) and otherwise in the order given. Refuses names that
// stand twice or are not UTF-8, and types the format does not have (the quantised blocks: GGUF is
// for those).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/status.h"
#include "format/tensor_source.h"

namespace quire {

Status write_safetensors(const std::string& path, const std::vector<TensorSource>& tensors,
                         const std::map<std::string, std::string>& metadata = {});

}  // namespace quire
