// What llama.cpp's converter writes in front of the tensors of a pair, key for key and in its
// order, with what it writes by mistake (architecture.md, section 10): programs that read these
// files expect it.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "format/gguf_value.h"
#include "model/config.h"
#include "tensor/tensor.h"
#include "text/vocabulary.h"

namespace quire {

struct PairKeys {
  std::vector<GgufEntry> language, vision;
};

// Errors: a model that the keys can not describe, a vocabulary larger than the embedding.
Result<PairKeys> pair_keys(const Config& config, const Vocabulary& vocabulary,
                           const std::string& name, DType type);

}  // namespace quire
