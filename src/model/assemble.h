// Vision tokens in the order the decoder reads them (architecture.md, section 6).
#pragma once

#include <span>

#include "model/weights.h"

namespace quire {

// Tiles of one picture, row-major, all of the same side; none: columns and rows are 0.
struct Tiles {
  std::span<const Tensor> tokens;  // columns * rows of (n * n, hidden)
  std::size_t columns = 0, rows = 0;
};

// Tiles first: each row of tokens runs through all tiles of a row and ends with the newline vector.
// Then the rows of `global` (m * m, hidden), the same way; at the very end the separator.
Tensor assemble(const BridgeWeights& weights, const Tensor& global, const Tiles& tiles);

// A block of tokens, rows x columns of (rows * columns, hidden): each row with its newline, then
// the separator.
Tensor assemble_block(const BridgeWeights& weights, const Tensor& block, std::size_t columns);

}  // namespace quire
