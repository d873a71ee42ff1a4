// JPEG to pixels, by libjpeg-turbo: baseline and progressive; grey, YCbCr, RGB, CMYK and YCCK.
//
// CMYK is taken to be stored inverted, as Adobe writes it, and converted by the plain formula that
// Pillow uses, without a colour profile. Data damaged in the middle decodes as far as the library
// can mend it; a file whose end is missing is refused.
#pragma once

#include <cstdint>
#include <span>

#include "base/status.h"
#include "format/decoded_image.h"

namespace quire {

Result<DecodedImage> decode_jpeg(std::span<const std::uint8_t> bytes,
                                 const DecodeLimits& limits = {});

}  // namespace quire
