// CLIP: the compressed vectors look at each other, and at a class token (architecture.md,
// section 5.2).
#pragma once

#include "model/config.h"
#include "model/tap.h"
#include "model/weights.h"

namespace quire {

// features (side * side, width) -> (1 + side * side, width), the class token first.
// Taps: clip.embed, clip.layer.I, clip.
Tensor run_clip(const ClipConfig& config, const ClipWeights& weights, const Tensor& features,
                std::size_t side, const Tap& tap);

}  // namespace quire
