// PNG to pixels and back, by libpng.
//
// Of 16-bit samples the high byte is taken, for colour as Pillow does. Gamma and colour profiles
// are ignored, as they are there. Of an animated PNG this is the default picture.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/status.h"
#include "format/decoded_image.h"

namespace quire {

Result<DecodedImage> decode_png(std::span<const std::uint8_t> bytes,
                                const DecodeLimits& limits = {});

enum class PngEffort {
  kFast,      // several times faster, some tens of percent larger
  kDefault,   //
  kSmallest,  // tries several ways and keeps the smallest
};

// The bytes of a file. A picture without colour becomes 8-bit grey.
Result<std::string> encode_png(const Image& image, PngEffort effort = PngEffort::kDefault);

}  // namespace quire
