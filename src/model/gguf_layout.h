// How the official tensors lie in a GGUF pair (architecture.md, section 10): one table, read by
// whoever opens a pair and by whoever writes one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/config.h"

namespace quire {

// How far a tensor may be rounded when a pair is written.
enum class Precision {
  kF32,        // llama.cpp wants float32
  kProtected,  // any type down to Q8_0: what all tokens pass through, and all of the encoder
  kFree,
};

struct GgufTensor {
  std::string name;     // in the pair
  bool vision = false;  // in the vision file
  Precision precision = Precision::kF32;
  std::vector<std::string> official;  // one, or those that are stacked in it, in their order
  bool alternative = false;           // newer files may have it in place of others; never written
};

// In the order in which llama.cpp's converter writes them, the language file first. A file may lack
// what nothing computes with, and the output of a tied model.
std::vector<GgufTensor> gguf_layout(const Config& config);

}  // namespace quire
