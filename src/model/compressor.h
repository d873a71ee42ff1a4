// The compressor: sixteen SAM vectors become one (architecture.md, sections 5.1.5 and 5.1.6). The
// neck, then two convolutions of stride 2 with nothing between them.
#pragma once

#include "model/tap.h"
#include "model/weights.h"

namespace quire {

// map (grid * grid, SAM width) -> (q * q, CLIP width), q = ceil(ceil(grid / 2) / 2).
// Taps: sam.neck, sam.net_2, sam (c, y, x).
Tensor compress(const SamWeights& weights, const Tensor& map, std::size_t grid, const Tap& tap);

}  // namespace quire
