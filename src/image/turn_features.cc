#include "image/turn_features.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace quire {
namespace {

// The longer side of a page of A4 at 144 dpi: larger pictures are brought near it.
constexpr double kLongerSide = 1684;
// Ink is darker than the mean of the square this far around it, by a share and some levels.
constexpr int kAround = 15;
constexpr double kInkShare = 0.88, kInkLevels = 4;

struct Grey {
  int width = 0, height = 0;
  std::vector<std::uint8_t> pixels;

  std::uint8_t at(int x, int y) const {
    return pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                  static_cast<std::size_t>(x)];
  }
};

// Means of `factor` x `factor` pixels; what is left over at the right and below is cut off.
template <typename Pixel>
Grey reduce(int width, int height, int factor, Pixel pixel) {
  Grey out{width / factor, height / factor, {}};
  out.pixels.reserve(static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.height));
  const int area = factor * factor;
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width; ++x) {
      int sum = 0;
      for (int j = 0; j < factor; ++j) {
        for (int i = 0; i < factor; ++i) sum += pixel(x * factor + i, y * factor + j);
      }
      out.pixels.push_back(static_cast<std::uint8_t>((sum + area / 2) / area));
    }
  }
  return out;
}

// 1 where there is ink.
std::vector<std::uint8_t> find_ink(const Grey& grey) {
  const std::size_t stride = static_cast<std::size_t>(grey.width) + 1;
  // The sum of all pixels above and to the left; the largest picture is 2,526 pixels square.
  std::vector<std::uint32_t> sums(stride * (static_cast<std::size_t>(grey.height) + 1));
  const auto sum = [&](int x, int y) -> std::uint32_t& {
    return sums[static_cast<std::size_t>(y) * stride + static_cast<std::size_t>(x)];
  };
  for (int y = 0; y < grey.height; ++y) {
    std::uint32_t row = 0;
    for (int x = 0; x < grey.width; ++x) {
      row += grey.at(x, y);
      sum(x + 1, y + 1) = sum(x + 1, y) + row;
    }
  }
  std::vector<std::uint8_t> ink(grey.pixels.size());
  std::size_t at = 0;
  for (int y = 0; y < grey.height; ++y) {
    const int top = std::max(0, y - kAround), bottom = std::min(grey.height, y + kAround + 1);
    for (int x = 0; x < grey.width; ++x, ++at) {
      const int left = std::max(0, x - kAround), right = std::min(grey.width, x + kAround + 1);
      const std::uint32_t total =
          sum(right, bottom) - sum(right, top) - sum(left, bottom) + sum(left, top);
      const double mean = static_cast<double>(total) / ((right - left) * (bottom - top));
      ink[at] = grey.pixels[at] < kInkShare * mean - kInkLevels;
    }
  }
  return ink;
}

std::array<std::int64_t, kTurnPatterns> count_patterns(const Grey& grey) {
  std::array<std::int64_t, kTurnPatterns> counts{};
  const std::vector<std::uint8_t> ink = find_ink(grey);
  const auto width = static_cast<std::size_t>(grey.width);
  for (int y = 0; y + 2 < grey.height; ++y) {
    const std::uint8_t* row = ink.data() + static_cast<std::size_t>(y) * width;
    unsigned pattern = 0;
    for (std::size_t x = 0; x < width; ++x) {
      const unsigned column = row[x] << 2 | row[x + width] << 1 | row[x + 2 * width];
      pattern = (pattern << 3 | column) & (kTurnPatterns - 1);
      if (x >= 2) ++counts[pattern];
    }
  }
  counts.front() = counts.back() = 0;
  return counts;
}

}  // namespace

TurnFeatures turn_features(const Image& image) {
  TurnFeatures features;
  const double longer = std::max(image.width, image.height);
  const int factor = std::max(1, static_cast<int>(std::lround(longer / kLongerSide)));
  const Grey page = reduce(image.width, image.height, factor, [&](int x, int y) {
    const std::uint8_t* rgb = image.row(y) + 3 * x;
    return (77 * rgb[0] + 150 * rgb[1] + 29 * rgb[2]) >> 8;
  });
  for (int scale = 0; scale < kTurnScales; ++scale) {
    const auto counts = count_patterns(
        reduce(page.width, page.height, scale + 1, [&](int x, int y) { return page.at(x, y); }));
    std::int64_t total = 0;
    for (const std::int64_t count : counts) total += count;
    if (scale == 1) features.counted = total;
    if (total == 0) continue;
    auto& values = features.value[static_cast<std::size_t>(scale)];
    for (std::size_t p = 0; p < counts.size(); ++p) {
      values[p] = static_cast<float>(
          std::sqrt(static_cast<double>(counts[p]) / static_cast<double>(total)));
    }
  }
  return features;
}

}  // namespace quire
