// Raw PPM (P6, 8 bits) out of a pipe: pixels go to their place as they come, nothing is held twice.
// The format is Netpbm's: "P6", width, height and 255 in decimal, white space between and comments
// from # to the end of the line allowed, one white space, then rows of RGB.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/status.h"
#include "format/decoded_image.h"

namespace quire {

class PpmReader {
 public:
  explicit PpmReader(const DecodeLimits& limits = {}) : limits_(limits) {}

  // The next bytes, cut anywhere. False once the picture is known to be no good, and whatever
  // follows is ignored. The size is checked before the pixels are allocated.
  bool push(std::string_view bytes);

  // The end. Errors: what push() found, or a picture cut short. Bytes after the picture are an
  // error too: there would be a second one.
  Result<Image> finish();

 private:
  std::string_view take_header(std::string_view bytes);
  Status parse_header();

  DecodeLimits limits_;
  std::string header_;
  bool has_size_ = false;
  Image image_;
  std::size_t filled_ = 0;
  Status status_;
};

}  // namespace quire
