#include "model/compressor.h"

#include <string_view>

#include "op/linear.h"

namespace quire {
namespace {

void tap_planar(const Tap& tap, std::string_view name, const Tensor& map, std::size_t side) {
  if (!tap) return;
  const ConstRows rows = rows_of(map);
  Tensor planar({static_cast<std::int64_t>(rows.cols), static_cast<std::int64_t>(side),
                 static_cast<std::int64_t>(side)});
  for (std::size_t i = 0; i < rows.rows; ++i) {
    for (std::size_t c = 0; c < rows.cols; ++c) planar.values[c * rows.rows + i] = rows.row(i)[c];
  }
  tap(name, planar.shape, planar.data());
}

Tensor convolved(const Conv2d& conv, const Tensor& map, std::size_t side) {
  const std::size_t out = conv.out_side(side);
  Tensor result(
      {static_cast<std::int64_t>(out * out), static_cast<std::int64_t>(conv.weight.rows)});
  conv2d(rows_of(map), side, side, conv, rows_of(result));
  return result;
}

}  // namespace

Tensor compress(const SamWeights& weights, const Tensor& map, std::size_t grid, const Tap& tap) {
  Tensor x({map.dim(0), static_cast<std::int64_t>(weights.neck1.rows)});
  linear(rows_of(map), weights.neck1, {}, rows_of(x));
  layer_norm(rows_of(x), weights.neck1_norm, rows_of(x));
  x = convolved(weights.neck2, x, grid);
  layer_norm(rows_of(x), weights.neck2_norm, rows_of(x));
  tap_planar(tap, "sam.neck", x, grid);

  x = convolved(weights.net2, x, grid);
  const std::size_t half = weights.net2.out_side(grid);
  tap_planar(tap, "sam.net_2", x, half);
  x = convolved(weights.net3, x, half);
  tap_planar(tap, "sam", x, weights.net3.out_side(half));
  return x;
}

}  // namespace quire
