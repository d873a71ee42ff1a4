// Any bytes as a TIFF of several pages: refused in words, or pages that decode or are refused.
#include <cstddef>
#include <cstdint>

#include "format/tiff.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  quire::DecodeLimits limits;
  limits.max_pixels = 1 << 16;
  const auto pages = quire::tiff_pages({data, size});
  if (!pages) return 0;
  for (std::size_t i = 0; i < pages->size() && i < 3; ++i) {
    const auto page = quire::decode_tiff_page({data, size}, (*pages)[i], limits);
    QUIRE_CHECK(page.ok() || !page.status().message().empty());
    if (!page) continue;
    const auto& image = page->image;
    const auto pixels =
        static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height);
    QUIRE_CHECK(pixels > 0 && pixels <= limits.max_pixels && image.rgb.size() == 3 * pixels);
  }
  return 0;
}
