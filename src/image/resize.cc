#include "image/resize.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/bicubic.h"
#include "base/status.h"
#include "base/thread_pool.h"

namespace quire {
namespace {

// Weights as Pillow stores them for 8-bit pictures: fixed point with 22 fraction bits. A sum of
// bytes times weights stays below 2^31: the weights' absolute values add up to less than 1.5.
constexpr int kBits = 22;
constexpr std::int32_t kHalf = 1 << (kBits - 1);

class FixedTaps {
 public:
  FixedTaps(int from, int to)
      : taps_(static_cast<std::size_t>(from), static_cast<std::size_t>(to)) {
    for (std::size_t i = 0; i < taps_.outputs(); ++i) {
      begin_.push_back(weights_.size());
      for (const double w : taps_.weights(i)) {
        weights_.push_back(static_cast<std::int32_t>(w * (1 << kBits) + (w < 0 ? -0.5 : 0.5)));
      }
    }
    begin_.push_back(weights_.size());
  }
  std::size_t first(std::size_t i) const { return taps_.first(i); }
  std::span<const std::int32_t> weights(std::size_t i) const {
    return {weights_.data() + begin_[i], begin_[i + 1] - begin_[i]};
  }

 private:
  BicubicTaps taps_;
  std::vector<std::size_t> begin_;
  std::vector<std::int32_t> weights_;
};

std::uint8_t to_byte(std::int32_t sum) {
  return static_cast<std::uint8_t>(std::clamp(sum >> kBits, 0, 255));
}

// Calls body(y) for each row, on all threads.
template <typename Body>
void for_each_row(int rows, const Body& body) {
  constexpr std::size_t kRowsWorthAThread = 32;
  default_pool().parallel_for(static_cast<std::size_t>(rows), kRowsWorthAThread,
                              [&](std::size_t begin, std::size_t end) {
                                for (std::size_t y = begin; y < end; ++y) body(static_cast<int>(y));
                              });
}

Image resize_rows(const Image& image, int width) {
  const FixedTaps taps(image.width, width);
  Image out(width, image.height);
  for_each_row(image.height, [&](int y) {
    std::uint8_t* target = out.row(y);
    for (std::size_t x = 0; x < static_cast<std::size_t>(width); ++x, target += 3) {
      std::int32_t red = kHalf, green = kHalf, blue = kHalf;
      const std::uint8_t* source = image.row(y) + 3 * taps.first(x);
      for (const std::int32_t weight : taps.weights(x)) {
        red += source[0] * weight;
        green += source[1] * weight;
        blue += source[2] * weight;
        source += 3;
      }
      target[0] = to_byte(red);
      target[1] = to_byte(green);
      target[2] = to_byte(blue);
    }
  });
  return out;
}

Image resize_columns(const Image& image, int height) {
  const FixedTaps taps(image.height, height);
  Image out(image.width, height);
  const std::size_t stride = static_cast<std::size_t>(image.width) * 3;
  for_each_row(height, [&](int y) {
    const auto i = static_cast<std::size_t>(y);
    std::vector<std::int32_t> sums(stride, kHalf);
    const std::uint8_t* source = image.rgb.data() + taps.first(i) * stride;
    for (const std::int32_t weight : taps.weights(i)) {
      for (std::size_t k = 0; k < stride; ++k) sums[k] += source[k] * weight;
      source += stride;
    }
    std::transform(sums.begin(), sums.end(), out.row(y), to_byte);
  });
  return out;
}

}  // namespace

Image resize_bicubic(const Image& image, int width, int height) {
  QUIRE_CHECK(image.width > 0 && image.height > 0 && width > 0 && height > 0);
  const bool wide = width != image.width, high = height != image.height;
  if (wide && high) return resize_columns(resize_rows(image, width), height);
  if (wide) return resize_rows(image, width);
  if (high) return resize_columns(image, height);
  return image;
}

}  // namespace quire
