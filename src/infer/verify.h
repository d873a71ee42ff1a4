// This build against golden vectors: one model directory, one case folder (a picture or a text
// prompt with every intermediate result that a reference program got), one table of relative
// errors.
//
// Any folder in that format works. It holds meta.json (mode, prompt, grid, sub_stride of each
// tensor that is stored in part) and golden.safetensors; with pictures also view_global.png and
// view_tile_K.png, the pixels that enter the encoder.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"

namespace quire {

class Model;
class Tokenizer;

struct VerifyRow {
  std::string tensor;
  // ||computed - golden|| / ||golden||; for ids and bytes the share that differs.
  double error = 0;
  bool exact = false;  // must be equal, not merely near
  bool pass = false;
  std::string note;  // why it failed, when the error alone does not say
};

struct VerifyReport {
  std::vector<VerifyRow> rows;  // from pixels to logits
  bool pass() const;
  double worst_error() const;  // of the rows that need not be exact
};

// What an engine that computes in float32 keeps on every tensor.
inline constexpr double kFloat32Tolerance = 1e-4;

Result<VerifyReport> run_case(const Model& model, const Tokenizer& tokenizer,
                              const std::string& case_directory,
                              double tolerance = kFloat32Tolerance);

// The same, opening the model directory or GGUF pair first. With `int8` the decoder computes as a
// Reader's does (Model::use_int8, a cache of F16), which keeps ids, not a float32 tolerance.
Result<VerifyReport> run_case(const std::string& model_path, const std::string& case_directory,
                              double tolerance = kFloat32Tolerance, bool int8 = false);

}  // namespace quire
