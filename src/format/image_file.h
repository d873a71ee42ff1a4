// A picture file of any format Quire reads, told by its first bytes, never by its name.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/status.h"
#include "format/decoded_image.h"

namespace quire {

// PNG, JPEG, WebP or TIFF. Of an animation, the first picture. A file that is cut short is an
// error, not half a picture. Errors carry no text of the libraries beneath.
Result<DecodedImage> decode_image(std::span<const std::uint8_t> bytes,
                                  const DecodeLimits& limits = {});

// "PNG", "JPEG", "WebP" or "TIFF" by the first bytes; "" for anything else.
std::string_view picture_kind(std::span<const std::uint8_t> bytes);

// Reads the file first ("-" is standard input); errors name it.
Result<DecodedImage> read_image(const std::string& path, const DecodeLimits& limits = {});

}  // namespace quire
