// What the picture decoders of this room share: what they return, and the size they refuse to pass.
//
// Every decoder reads the size from the file's header and checks it against the limits before it
// allocates anything that grows with it. All of them give 8-bit RGB as section 4.1 of the model's
// specification asks: grey is replicated, alpha is dropped without compositing, palettes are looked
// up, bilevel becomes 0 and 255. The EXIF orientation is reported, not applied.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"
#include "format/image.h"

namespace quire {

struct DecodedImage {
  Image image;
  int exif_orientation = 1;  // 1..8; 1 means upright, and also "none given"
  std::string_view format;   // "PNG", "JPEG", "WebP", "TIFF"
};

struct DecodeLimits {
  std::uint64_t max_pixels = 100'000'000;
  std::uint32_t max_side = 65'535;
};

inline Status check_image_size(std::uint64_t width, std::uint64_t height,
                               const DecodeLimits& limits) {
  const std::string size = std::to_string(width) + " x " + std::to_string(height) + " pixels";
  if (width == 0 || height == 0) return invalid("the picture is empty: " + size);
  if (width > limits.max_side || height > limits.max_side) {
    return over_limit("the picture has " + size + "; the limit is " +
                      std::to_string(limits.max_side) + " on a side");
  }
  if (width * height > limits.max_pixels) {
    return over_limit("the picture has " + size + "; the limit is " +
                      std::to_string(limits.max_pixels) + " in all");
  }
  return {};
}

}  // namespace quire
