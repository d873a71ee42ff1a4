// Where a model comes from: its blueprint and its tensors under their official names, whichever
// files hold them. Everything is mapped; opening reads headers.
#pragma once

#include <memory>
#include <string>

#include "base/status.h"
#include "model/config.h"
#include "model/tensor_reader.h"

namespace quire {

struct ModelFiles {
  Config config;
  std::string config_json;  // a model directory's own, or what it would be for a GGUF pair
  TensorSet tensors;
  std::shared_ptr<const void> storage;  // keeps what the tensors point into alive

  // A directory with config.json and *.safetensors in the official layout, or a GGUF pair
  // (format/gguf_pair.h). Errors name the file, key or tensor.
  static Result<ModelFiles> open(const std::string& path);
};

}  // namespace quire
