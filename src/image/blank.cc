#include "image/blank.h"

#include <algorithm>
#include <array>

namespace quire {
namespace {

// Grey levels between the darkest and the lightest pixel. Sensors and JPEG stay below; the faintest
// pencil that a person can read does not.
constexpr int kNoise = 24;

}  // namespace

bool is_blank(const Image& image) {
  std::array<int, 3> low{255, 255, 255}, high{0, 0, 0};
  for (std::size_t i = 0; i + 2 < image.rgb.size(); i += 3) {
    for (std::size_t c = 0; c < 3; ++c) {
      low[c] = std::min<int>(low[c], image.rgb[i + c]);
      high[c] = std::max<int>(high[c], image.rgb[i + c]);
    }
  }
  for (std::size_t c = 0; c < 3; ++c) {
    if (high[c] - low[c] > kNoise) return false;
  }
  return true;
}

}  // namespace quire
