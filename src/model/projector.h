// The bridge from the encoders to the decoder (architecture.md, section 5.3).
#pragma once

#include "model/weights.h"

namespace quire {

// clip (1 + n, width), its class token is dropped; sam (n, width) -> (n, hidden).
Tensor project(const BridgeWeights& weights, const Tensor& clip, const Tensor& sam);

}  // namespace quire
