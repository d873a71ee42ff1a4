// TIFF to pixels, by libtiff: the first page of the file, all compressions and colour spaces that
// its RGBA interface knows (bilevel to 16 bits, grey, palette, RGB, CMYK, YCbCr, CIE Lab).
// 16-bit samples are scaled to 8 bits with rounding. Floating-point pictures are refused.
#pragma once

#include <cstdint>
#include <span>

#include "base/status.h"
#include "format/decoded_image.h"

namespace quire {

Result<DecodedImage> decode_tiff(std::span<const std::uint8_t> bytes,
                                 const DecodeLimits& limits = {});

}  // namespace quire
