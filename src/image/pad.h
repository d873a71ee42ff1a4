// Fitting a picture into a square without changing its aspect: shrunk or enlarged until the longer
// side fits, centred, with grey bars on both sides (architecture.md, section 4.4; PIL's
// ImageOps.pad).
#pragma once

#include <cstdint>

#include "format/image.h"

namespace quire {

inline constexpr std::uint8_t kPadGrey = 127;  // int(0.5 * 255)

// Where the picture lies in the square.
struct PadFit {
  int left = 0, top = 0, width = 0, height = 0;
};

// All three at least 1. The reference fails where a side would round to 0; here it becomes 1.
PadFit pad_fit(int width, int height, int side);

// The picture must not be empty.
Image pad_to_square(const Image& image, int side);

}  // namespace quire
