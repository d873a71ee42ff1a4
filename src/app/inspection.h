// What is in a file or a model directory, whatever kind it is.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/status.h"
#include "infer/modes.h"
#include "tensor/tensor.h"

namespace quire {

struct InspectedTensor {
  std::string name;
  std::string_view part;  // "sam", "decoder", ...
  DType dtype = DType::kF32;
  Shape shape;
  std::size_t bytes = 0;
};

struct Inspection {
  std::string kind;                      // "model", "safetensors", "gguf", "quire"
  std::vector<std::string> files;        // of a GGUF pair both, else what was named
  std::vector<InspectedTensor> tensors;  // in the order of the file
  std::vector<Mode> modes;               // that a model can take; those of a quire's pages
  nlohmann::ordered_json config;         // config.json, metadata or plan
  nlohmann::ordered_json pages;          // of a quire; else null
  // Why it can not be used although it can be listed; "" when it can.
  std::string problem;
  std::string note;  // what one should know that is no fault: half a pair, listed alone

  std::uint64_t parameters() const;
};

// The kind is told by the first bytes, not by the name. Errors name the file.
Result<Inspection> inspect(const std::string& path);

// Which part of the model a tensor belongs to, by its official or GGUF name.
std::string_view part_of(std::string_view tensor);

std::string inspection_text(const Inspection& inspection, bool list_tensors);
nlohmann::ordered_json inspection_json(const Inspection& inspection);

}  // namespace quire
