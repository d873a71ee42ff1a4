#include "model/projector.h"

#include <algorithm>

#include "op/linear.h"

namespace quire {

Tensor project(const BridgeWeights& weights, const Tensor& clip, const Tensor& sam) {
  const ConstRows from_clip = rows_of(clip), from_sam = rows_of(sam);
  const std::size_t width = from_clip.cols;
  QUIRE_CHECK(from_clip.rows == from_sam.rows + 1 && from_sam.cols == width);
  Tensor both({sam.dim(0), static_cast<std::int64_t>(2 * width)});
  for (std::size_t i = 0; i < from_sam.rows; ++i) {
    std::copy_n(from_clip.row(i + 1), width, rows_of(both).row(i));
    std::copy_n(from_sam.row(i), width, rows_of(both).row(i) + width);
  }
  Tensor tokens({sam.dim(0), static_cast<std::int64_t>(weights.projector.weight.rows)});
  linear(rows_of(both), weights.projector.weight, {.bias = weights.projector.bias.data()},
         rows_of(tokens));
  return tokens;
}

}  // namespace quire
