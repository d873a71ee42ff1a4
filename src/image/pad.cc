#include "image/pad.h"

#include <algorithm>
#include <cmath>

#include "base/status.h"
#include "image/resize.h"

namespace quire {
namespace {

// Half to even, as Python rounds.
int round_even(double value) { return static_cast<int>(std::nearbyint(value)); }

}  // namespace

PadFit pad_fit(int width, int height, int side) {
  QUIRE_CHECK(width > 0 && height > 0 && side > 0);
  PadFit fit = {0, 0, side, side};
  const double w = width, h = height;
  if (width > height) {
    fit.height = std::max(1, round_even(h / w * side));
  } else if (width < height) {
    fit.width = std::max(1, round_even(w / h * side));
  }
  if (fit.width != side) {
    fit.left = round_even((side - fit.width) * 0.5);
  } else {
    fit.top = round_even((side - fit.height) * 0.5);
  }
  return fit;
}

Image pad_to_square(const Image& image, int side) {
  const PadFit fit = pad_fit(image.width, image.height, side);
  Image fitted = resize_bicubic(image, fit.width, fit.height);
  if (fit.width == side && fit.height == side) return fitted;
  Image square(side, side, kPadGrey);
  for (int y = 0; y < fit.height; ++y) {
    std::copy_n(fitted.row(y), 3 * fit.width, square.row(fit.top + y) + 3 * fit.left);
  }
  return square;
}

}  // namespace quire
