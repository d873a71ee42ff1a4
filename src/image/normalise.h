// Pixels as the encoder takes them.
#pragma once

#include "format/image.h"
#include "tensor/tensor.h"

namespace quire {

// (height, width, 3) bytes -> (3, height, width) floats from -1 to 1: (byte / 255 - 0.5) / 0.5
// (architecture.md, section 4.6).
Tensor normalise(const Image& image);

}  // namespace quire
