#include "base/bicubic.h"

#include <algorithm>
#include <cmath>

#include "base/status.h"

namespace quire {
namespace {

double kernel(double x) {
  x = std::fabs(x);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * -0.5;
  return 0;
}

}  // namespace

BicubicTaps::BicubicTaps(std::size_t from, std::size_t to) {
  QUIRE_CHECK(from > 0 && to > 0);
  const double scale = static_cast<double>(from) / static_cast<double>(to);
  const double widening = std::max(scale, 1.0);
  const double support = 2 * widening, inverse = 1 / widening;
  taps_.reserve(to);
  for (std::size_t i = 0; i < to; ++i) {
    const double centre = (static_cast<double>(i) + 0.5) * scale;
    const double low = std::max(std::trunc(centre - support + 0.5), 0.0);
    const double high = std::min(std::trunc(centre + support + 0.5), static_cast<double>(from));
    const Tap tap = {static_cast<std::size_t>(low), weights_.size(),
                     static_cast<std::size_t>(high - low)};
    double sum = 0;
    for (std::size_t k = 0; k < tap.count; ++k) {
      weights_.push_back(kernel((static_cast<double>(k + tap.first) - centre + 0.5) * inverse));
      sum += weights_.back();
    }
    for (std::size_t k = 0; k < tap.count; ++k) weights_[tap.begin + k] /= sum;
    taps_.push_back(tap);
  }
}

}  // namespace quire
