// The verifier's side of the comparison: every tensor that a case names, computed by this build.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "infer/preprocess.h"
#include "model/model.h"
#include "text/tokenizer.h"

namespace quire {

struct NamedTensor {
  std::string name;  // as in golden.safetensors, for whole tensors without "_sub"
  Tensor values;     // ids as whole floats, which is exact below 2^24
};

// A case's question.
struct CaseInput {
  std::string prompt;
  std::optional<Views> views;  // none for a text prompt
  std::size_t steps = 16;      // ids to generate
};

// In the order of the computation. Errors: a view of a side the model cannot take, a prompt that
// does not fit the pictures.
Result<std::vector<NamedTensor>> compute_case(const Model& model, const Tokenizer& tokenizer,
                                              const CaseInput& input);

}  // namespace quire
