// A case of the verifier as it lies on disk: the question, and the reference's answers.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/status.h"
#include "format/safetensors.h"
#include "infer/computed.h"

namespace quire {

struct GoldenCase {
  CaseInput input;
  SafetensorsFile tensors;  // golden.safetensors
  // How far apart the stored values of a tensor stand in the whole one, where they are not all
  // stored.
  std::map<std::string, std::size_t> strides;
  std::vector<std::string>
      view_sums;  // SHA-256 of each view's bytes; empty where meta.json has none
  // How near the reference came to choosing another expert.
  double router_gap = 1;

  // Errors name the file.
  static Result<GoldenCase> open(const std::string& directory);
};

}  // namespace quire
