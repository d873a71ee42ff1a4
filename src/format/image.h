// A picture: 8-bit RGB, rows top to bottom, no padding between rows. What the decoders in this room
// make, and what the rooms below draw on, resize and encode.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace quire {

struct Image {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgb;  // (height, width, 3)

  Image() = default;
  Image(int w, int h, std::uint8_t fill = 255)
      : width(w),
        height(h),
        rgb(static_cast<std::size_t>(w) * static_cast<std::size_t>(h) * 3, fill) {}

  std::uint8_t* row(int y) { return rgb.data() + static_cast<std::size_t>(y) * width * 3; }
  const std::uint8_t* row(int y) const {
    return rgb.data() + static_cast<std::size_t>(y) * width * 3;
  }
};

}  // namespace quire
