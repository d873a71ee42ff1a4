// Any bytes as a picture file: refused in words, or a picture of the size it says.
#include <cstddef>
#include <cstdint>

#include "format/image_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  quire::DecodeLimits limits;
  limits.max_pixels = 1 << 18;  // large enough for every path, small enough to be quick
  const auto decoded = quire::decode_image({data, size}, limits);
  if (!decoded) return 0;
  const auto& image = decoded->image;
  const auto pixels =
      static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height);
  QUIRE_CHECK(pixels > 0 && pixels <= limits.max_pixels && image.rgb.size() == 3 * pixels);
  QUIRE_CHECK(decoded->exif_orientation >= 1 && decoded->exif_orientation <= 8);
  return 0;
}
