// SAM: patches of a view to one vector each, local detail first (architecture.md, section 5.1.1-4).
#pragma once

#include "model/config.h"
#include "model/tap.h"
#include "model/weights.h"

namespace quire {

// pixels (3, side, side), side a multiple of the patch -> (grid * grid, width), grid = side /
// patch. Taps: sam.embed, sam.block.I (y, x, c).
Tensor run_sam(const SamConfig& config, const SamWeights& weights, const Tensor& pixels,
               const Tap& tap);

}  // namespace quire
