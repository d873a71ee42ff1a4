// Any bytes as a PPM, in one piece and byte by byte: the same picture or the same refusal.
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "format/ppm.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  quire::DecodeLimits limits;
  limits.max_pixels = 1 << 16;
  const std::string_view bytes = as_text({data, size});
  quire::PpmReader whole(limits), pieces(limits);
  const bool good = whole.push(bytes);
  bool still_good = true;
  for (const char& byte : bytes) still_good = pieces.push({&byte, 1});
  QUIRE_CHECK(bytes.empty() || good == still_good);
  const auto image = whole.finish(), other = pieces.finish();
  QUIRE_CHECK(image.ok() == other.ok());
  if (!image) return 0;
  const auto pixels =
      static_cast<std::size_t>(image->width) * static_cast<std::size_t>(image->height);
  QUIRE_CHECK(pixels <= limits.max_pixels && image->rgb.size() == 3 * pixels);
  QUIRE_CHECK(image->rgb == other->rgb);
  return 0;
}
