// WebP to pixels, by libwebp: lossy and lossless; of an animation, its first picture.
#pragma once

#include <cstdint>
#include <span>

#include "base/status.h"
#include "format/decoded_image.h"

namespace quire {

Result<DecodedImage> decode_webp(std::span<const std::uint8_t> bytes,
                                 const DecodeLimits& limits = {});

}  // namespace quire
