// Attention of the encoder: every position of a grid attends to every position of its window, or of
// the whole grid, without a mask (architecture.md, sections 5.1.4 and 5.2). Scores are made for a
// tile of queries and a block of keys at a time; the square of a 1024-pixel view would take 64 MiB
// for each head.
#pragma once

#include <cstddef>

#include "op/products.h"
#include "op/rows.h"
#include "tensor/tensor.h"

namespace quire {

struct SpatialAttention {
  std::size_t heads = 1;
  std::size_t height = 0, width = 0;  // the grid of tokens; a plain sequence has height 1

  // Side of square windows that tile the grid from its top left corner; 0: one window, the grid.
  // Where windows reach past the grid, positions have no token but do take part as keys: their q,
  // k, v are `padding` (3 * channels), the projection's bias, because a token of zeros stands
  // there.
  std::size_t window = 0;
  const float* padding = nullptr;

  Products products = Products::kFloat32;  // what scores and mixtures are computed in

  // Added to the score of query (yq, xq) and key (yk, xk): q . rel_h[yq - yk + H - 1] +
  // q . rel_w[xq - xk + W - 1] for a window of (H, W), q unscaled. Tables are (2 H - 1, head size)
  // and (2 W - 1, head size); both null: nothing is added.
  const Tensor* rel_h = nullptr;
  const Tensor* rel_w = nullptr;
};

// qkv (height * width, 3 * channels), each row [q | k | v], head-major -> out (height * width,
// channels).
void spatial_attention(ConstRows qkv, const SpatialAttention& attention, Rows out);

}  // namespace quire
