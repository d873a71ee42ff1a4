// Convolutions as matrix products: the values under each kernel position become one row.
//
// Maps lie with channels last, (y, x, c), so that a map is also the rows of its pixels: a 1x1
// convolution is linear(), a norm over channels is layer_norm().
#pragma once

#include "op/linear.h"
#include "op/rows.h"
#include "op/weight.h"

namespace quire {

struct Conv2d {
  Weight weight;  // (out, kernel * kernel * in) in the order (out, ky, kx, in)
  std::size_t kernel = 3, stride = 1, padding = 1;

  // From a checkpoint's order (out, in, kernel, kernel), copied to float32.
  static Conv2d from_checkpoint(const TensorView& tensor, std::size_t stride, std::size_t padding);

  std::size_t out_side(std::size_t side) const {
    return (side + 2 * padding - kernel) / stride + 1;
  }
};

// map (height * width, in) -> out (out_side(height) * out_side(width), weight.rows).
void conv2d(ConstRows map, std::size_t height, std::size_t width, const Conv2d& conv, Rows out);

// The non-overlapping patches of planar pixels (channels, side, side) as rows
// (side/patch * side/patch, channels * patch * patch), values in the order (c, y, x) of a patch.
void cut_patches(const float* pixels, std::size_t channels, std::size_t side, std::size_t patch,
                 Rows out);

}  // namespace quire
