// A model from one kind of file to another: model directory, GGUF pair, and between types.
//
// The kind to write is told by the name: OUT.gguf is a pair (the vision file goes beside it as
// mmproj-OUT.gguf), anything else a model directory. Tensors are read, rounded and written one
// after the other in pieces, so memory does not grow with the model.
//
// Everything is written under temporary names, opened again as a model and held against the
// source's blueprint before it gets its own name: OUT is whole or not there.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "tensor/tensor.h"

namespace quire {

struct ConvertOptions {
  // F32, F16, BF16; in a pair also Q8_0, Q6_K, Q5_K, Q5_1, Q5_0, Q4_K, Q4_1, Q4_0. None: the type
  // that most of the source has when OUT can hold it, else BF16 in a directory and Q8_0 in a pair.
  // What must keep its precision keeps it whatever the type (convert/stored_type.h).
  std::optional<DType> type = {};
  bool force = false;     // 4 bits
  std::string name = {};  // general.name of a pair; "" takes it from OUT
  std::function<void(std::uint64_t done, std::uint64_t total)> on_bytes = {};
};

struct Converted {
  std::vector<std::string> files;  // written
  DType type = DType::kF32;
  std::uint64_t tensors = 0, bytes = 0;
};

// Errors name the file and the tensor and say what to do.
Result<Converted> convert(const std::string& in, const std::string& out,
                          const ConvertOptions& options);

}  // namespace quire
