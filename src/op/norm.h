// Normalisation of rows. y may be x.
#pragma once

#include <vector>

#include "op/rows.h"

namespace quire {

struct Norm {
  std::vector<float> weight, bias;  // (cols); bias empty for the RMS norm
  float eps = 0;
};

// y = (x - mean) / sqrt(variance + eps) * weight + bias over each row, biased variance.
void layer_norm(ConstRows x, const Norm& norm, Rows y);
// y = x / sqrt(mean(x^2) + eps) * weight over each row.
void rms_norm(ConstRows x, const Norm& norm, Rows y);

}  // namespace quire
