#include "op/conv2d.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "op/split.h"

namespace quire {
namespace {

// Output pixels gathered at a time: enough to make packing the weights cheap.
constexpr std::size_t kGathered = 2048;

// The values under kernel position `pixel`, in the order (ky, kx, in); zeros outside the map.
void gather(ConstRows map, std::size_t height, std::size_t width, const Conv2d& conv,
            std::size_t pixel, float* row) {
  const std::size_t out_width = conv.out_side(width);
  for (std::size_t ky = 0; ky < conv.kernel; ++ky) {
    // Unsigned on purpose: what lies above or left of the map wraps and is outside too.
    const std::size_t y = pixel / out_width * conv.stride + ky - conv.padding;
    for (std::size_t kx = 0; kx < conv.kernel; ++kx, row += map.cols) {
      const std::size_t x = pixel % out_width * conv.stride + kx - conv.padding;
      if (y < height && x < width) {
        std::memcpy(row, map.row(y * width + x), map.cols * sizeof(float));
      } else {
        std::fill_n(row, map.cols, 0.0f);
      }
    }
  }
}

}  // namespace

Conv2d Conv2d::from_checkpoint(const TensorView& tensor, std::size_t stride, std::size_t padding) {
  QUIRE_CHECK(tensor.shape.size() == 4 && tensor.shape[2] == tensor.shape[3]);
  const auto out = static_cast<std::size_t>(tensor.shape[0]),
             in = static_cast<std::size_t>(tensor.shape[1]);
  const auto kernel = static_cast<std::size_t>(tensor.shape[2]), area = kernel * kernel;
  Tensor stored(tensor.shape),
      ordered({tensor.shape[0], tensor.shape[2] * tensor.shape[3] * tensor.shape[1]});
  to_float(tensor, stored.data());
  for (std::size_t o = 0; o < out; ++o) {
    for (std::size_t c = 0; c < in; ++c) {
      for (std::size_t at = 0; at < area; ++at) {
        ordered.values[(o * area + at) * in + c] = stored.values[(o * in + c) * area + at];
      }
    }
  }
  return {Weight::own(std::move(ordered)), kernel, stride, padding};
}

void conv2d(ConstRows map, std::size_t height, std::size_t width, const Conv2d& conv, Rows out) {
  QUIRE_CHECK(map.rows == height * width &&
              conv.weight.cols == conv.kernel * conv.kernel * map.cols);
  QUIRE_CHECK(height + 2 * conv.padding >= conv.kernel && width + 2 * conv.padding >= conv.kernel);
  QUIRE_CHECK(out.rows == conv.out_side(height) * conv.out_side(width) &&
              out.cols == conv.weight.rows);
  Tensor gathered;
  for (std::size_t from = 0; from < out.rows; from += kGathered) {
    const std::size_t count = std::min(kGathered, out.rows - from);
    const Rows rows = resize(gathered, count, conv.weight.cols);
    split(count, conv.weight.cols, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i)
        gather(map, height, width, conv, from + i, rows.row(i));
    });
    linear(rows, conv.weight, {}, out.slice(from, count));
  }
}

void cut_patches(const float* pixels, std::size_t channels, std::size_t side, std::size_t patch,
                 Rows out) {
  const std::size_t grid = side / patch;
  QUIRE_CHECK(side % patch == 0 && out.rows == grid * grid && out.cols == channels * patch * patch);
  split(out.rows, out.cols, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const float* const corner = pixels + i / grid * patch * side + i % grid * patch;
      float* row = out.row(i);
      for (std::size_t c = 0; c < channels; ++c) {
        for (std::size_t y = 0; y < patch; ++y, row += patch) {
          std::memcpy(row, corner + (c * side + y) * side, patch * sizeof(float));
        }
      }
    }
  });
}

}  // namespace quire
