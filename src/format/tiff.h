// TIFF to pixels, by libtiff: a page of the file, all compressions and colour spaces that
// its RGBA interface knows (bilevel to 16 bits, grey, palette, RGB, CMYK, YCbCr, CIE Lab).
// 16-bit samples are scaled to 8 bits with rounding. Floating-point pictures are refused.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/status.h"
#include "format/decoded_image.h"

namespace quire {

Result<DecodedImage> decode_tiff(std::span<const std::uint8_t> bytes,
                                 const DecodeLimits& limits = {});  // the first page

// Where the pages stand among the file's directories: thumbnails and masks are passed over. A chain
// of directories that breaks off ends with one that cannot be decoded, so that nothing is lost
// without a word.
Result<std::vector<std::uint32_t>> tiff_pages(std::span<const std::uint8_t> bytes);
Result<DecodedImage> decode_tiff_page(std::span<const std::uint8_t> bytes, std::uint32_t directory,
                                      const DecodeLimits& limits = {});

}  // namespace quire
