#include "image/normalise.h"

#include <array>

namespace quire {

Tensor normalise(const Image& image) {
  std::array<float, 256> value;
  for (std::size_t b = 0; b < value.size(); ++b) {
    value[b] = (static_cast<float>(b) / 255.0F - 0.5F) / 0.5F;
  }
  Tensor out({3, image.height, image.width});
  const std::size_t pixels = out.size() / 3;
  for (std::size_t c = 0; c < 3; ++c) {
    float* plane = out.data() + c * pixels;
    for (std::size_t i = 0; i < pixels; ++i) plane[i] = value[image.rgb[3 * i + c]];
  }
  return out;
}

}  // namespace quire
