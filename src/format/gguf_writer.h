// Writes a GGUF file of version 3, whole or not at all: metadata and tensors in the order given,
// shapes reversed into the file's order. Refuses names longer than llama.cpp can hold, names that
// stand twice, more than four dimensions, and types GGUF does not have (U8).
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "format/gguf_value.h"
#include "format/tensor_source.h"

namespace quire {

Status write_gguf(const std::string& path, const std::vector<GgufEntry>& metadata,
                  const std::vector<TensorSource>& tensors);

}  // namespace quire
