#include "op/conv2d.h"

#include <gtest/gtest.h>

#include <cstring>

#include "op/test_values.h"

namespace quire {
namespace {

// The definition: (out, in, ky, kx) weights, zeros around a (y, x, c) map.
double twin(const Tensor& map, int height, int width, const Tensor& w, int stride, int padding,
            int o, int y, int x) {
  const int in = static_cast<int>(w.dim(1)), kernel = static_cast<int>(w.dim(2));
  double sum = 0;
  for (int c = 0; c < in; ++c) {
    for (int ky = 0; ky < kernel; ++ky) {
      for (int kx = 0; kx < kernel; ++kx) {
        const int from_y = y * stride + ky - padding, from_x = x * stride + kx - padding;
        if (from_y < 0 || from_y >= height || from_x < 0 || from_x >= width) continue;
        sum += static_cast<double>(
                   map.values[static_cast<std::size_t>((from_y * width + from_x) * in + c)]) *
               w.values[static_cast<std::size_t>(((o * in + c) * kernel + ky) * kernel + kx)];
      }
    }
  }
  return sum;
}

TEST(Conv2d, IsTheDefinition) {
  for (auto [height, width, stride, padding] :
       {std::array<int, 4>{1, 1, 2, 1}, {5, 7, 1, 1}, {8, 8, 2, 1}, {9, 4, 2, 0}, {70, 40, 1, 1}}) {
    const Tensor map = random_tensor({height * width, 5}), w = random_tensor({11, 5, 3, 3}, 2);
    const auto bytes = std::span(reinterpret_cast<const std::uint8_t*>(w.data()), w.size() * 4);
    const Conv2d conv = Conv2d::from_checkpoint({DType::kF32, w.shape, bytes}, stride, padding);
    const int out_h = static_cast<int>(conv.out_side(height)),
              out_w = static_cast<int>(conv.out_side(width));
    EXPECT_EQ(out_h, (height + 2 * padding - 3) / stride + 1);
    Tensor out({out_h * out_w, 11});
    conv2d(rows_of(map), height, width, conv, rows_of(out));
    std::vector<double> want;
    for (int y = 0; y < out_h; ++y) {
      for (int x = 0; x < out_w; ++x) {
        for (int o = 0; o < 11; ++o)
          want.push_back(twin(map, height, width, w, stride, padding, o, y, x));
      }
    }
    EXPECT_LT(relative_error(out.values, want), 1e-6) << height << "x" << width;
  }
}

TEST(CutPatches, OrderIsChannelRowColumn) {
  Tensor pixels({2, 4, 4});
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels.values[i] = static_cast<float>(i);
  Tensor out({4, 8});
  cut_patches(pixels.data(), 2, 4, 2, rows_of(out));
  const std::vector<float> last(out.values.end() - 8, out.values.end());
  EXPECT_EQ(last, (std::vector<float>{10, 11, 14, 15, 26, 27, 30, 31}));
}

}  // namespace
}  // namespace quire
