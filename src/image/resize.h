// Bicubic resize, byte for byte what Pillow's Image.resize(size, BICUBIC) gives for RGB
// (architecture.md, section 4.5). The aspect is not kept: see pad.h for that.
#pragma once

#include "format/image.h"

namespace quire {

// The picture must not be empty; the new sides are at least 1. Uses all threads.
Image resize_bicubic(const Image& image, int width, int height);

}  // namespace quire
