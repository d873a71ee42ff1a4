#include "image/lab/distort.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace quire {
namespace {

double uniform(std::mt19937& random, double low, double high) {
  return std::uniform_real_distribution<double>(low, high)(random);
}
bool chance(std::mt19937& random, double share) { return uniform(random, 0, 1) < share; }

struct Plane {
  int width, height;
  std::vector<double> levels;
  double& at(int x, int y) {
    return levels[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                  static_cast<std::size_t>(x)];
  }
};

// Between four pixels; paper outside.
double sample(const Image& page, double x, double y) {
  const int left = static_cast<int>(std::floor(x)), top = static_cast<int>(std::floor(y));
  if (left < 0 || top < 0 || left + 1 >= page.width || top + 1 >= page.height) return 255;
  const double right = x - left, below = y - top;
  const auto level = [&](int i, int j) { return page.row(top + j)[3 * (left + i) + 1]; };
  return (level(0, 0) * (1 - right) + level(1, 0) * right) * (1 - below) +
         (level(0, 1) * (1 - right) + level(1, 1) * right) * below;
}

Plane cut_and_scale(const Image& page, std::mt19937& random) {
  const double scale = std::exp(uniform(random, std::log(0.45), std::log(1.5)));
  const double angle = chance(random, 0.5) ? 0 : uniform(random, -0.03, 0.03);
  const double wide = chance(random, 0.4) ? 1 : uniform(random, 0.3, 1);
  const double high = chance(random, 0.5) ? wide : uniform(random, 0.3, 1);
  const double left = uniform(random, 0, page.width * (1 - wide));
  const double top = uniform(random, 0, page.height * (1 - high));
  Plane out{static_cast<int>(page.width * wide * scale),
            static_cast<int>(page.height * high * scale),
            {}};
  out.levels.resize(static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.height));
  const double along = std::cos(angle) / scale, across = std::sin(angle) / scale;
  const int steps = scale < 1 ? 2 : 1;
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width; ++x) {
      for (int i = 0; i < steps * steps; ++i) {
        const double sx = x + (i % steps + 0.5) / steps - 0.5;
        const double sy = y + (i / steps + 0.5) / steps - 0.5;
        out.at(x, y) +=
            sample(page, left + along * sx - across * sy, top + across * sx + along * sy) /
            (steps * steps);
      }
    }
  }
  return out;
}

void blur(Plane& plane) {
  Plane sharp = plane;
  for (int y = 1; y + 1 < plane.height; ++y) {
    for (int x = 1; x + 1 < plane.width; ++x) {
      double sum = 0;
      for (int j = -1; j <= 1; ++j) {
        for (int i = -1; i <= 1; ++i) sum += sharp.at(x + i, y + j);
      }
      plane.at(x, y) = sum / 9;
    }
  }
}

}  // namespace

Image distort(const Image& page, std::mt19937& random) {
  Plane plane = cut_and_scale(page, random);
  if (chance(random, 0.4)) blur(plane);
  const double noise = chance(random, 0.5) ? uniform(random, 0, 25) : 0;
  const double paper = uniform(random, 150, 255), ink = uniform(random, 0, 60);
  const double threshold = chance(random, 0.25) ? uniform(random, 0.35, 0.75) : 0;
  Image out(plane.width, plane.height);
  for (std::size_t i = 0; i < plane.levels.size(); ++i) {
    double share = plane.levels[i] / 255;
    if (threshold > 0) share = share < threshold ? 0 : 1;
    double level = ink + (paper - ink) * share;
    if (noise > 0) level += uniform(random, -noise, noise);
    const auto byte = static_cast<std::uint8_t>(std::clamp(level, 0.0, 255.0));
    std::fill_n(out.rgb.begin() + static_cast<std::ptrdiff_t>(3 * i), 3, byte);
  }
  return out;
}

}  // namespace quire
