#include "model/assemble.h"

#include <algorithm>
#include <cmath>

namespace quire {
namespace {

std::size_t square_side(const Tensor& tokens) {
  const std::size_t count = rows_of(tokens).rows;
  const auto side = static_cast<std::size_t>(std::llround(std::sqrt(static_cast<double>(count))));
  QUIRE_CHECK(side * side == count);
  return side;
}

class Sequence {
 public:
  explicit Sequence(const BridgeWeights& weights) : weights_(weights) {}

  // `count` tokens from token `from` on.
  void add(const Tensor& tokens, std::size_t from, std::size_t count) {
    const ConstRows rows = rows_of(tokens).slice(from, count);
    QUIRE_CHECK(rows.cols == weights_.newline.size());
    values_.insert(values_.end(), rows.data, rows.data + count * rows.cols);
  }
  void end_row() {
    values_.insert(values_.end(), weights_.newline.begin(), weights_.newline.end());
  }

  Tensor finish() {
    values_.insert(values_.end(), weights_.separator.begin(), weights_.separator.end());
    Tensor tensor;
    const auto hidden = static_cast<std::int64_t>(weights_.newline.size());
    tensor.shape = {static_cast<std::int64_t>(values_.size()) / hidden, hidden};
    tensor.values = std::move(values_);
    return tensor;
  }

 private:
  const BridgeWeights& weights_;
  Values values_;
};

}  // namespace

Tensor assemble(const BridgeWeights& weights, const Tensor& global, const Tiles& tiles) {
  QUIRE_CHECK(tiles.tokens.size() == tiles.columns * tiles.rows);
  Sequence sequence(weights);
  const std::size_t n = tiles.tokens.empty() ? 0 : square_side(tiles.tokens[0]);
  for (std::size_t row = 0; row < tiles.rows; ++row) {
    for (std::size_t y = 0; y < n; ++y) {
      for (std::size_t column = 0; column < tiles.columns; ++column) {
        sequence.add(tiles.tokens[row * tiles.columns + column], y * n, n);
      }
      sequence.end_row();
    }
  }
  const std::size_t m = square_side(global);
  for (std::size_t y = 0; y < m; ++y) {
    sequence.add(global, y * m, m);
    sequence.end_row();
  }
  return sequence.finish();
}

Tensor assemble_block(const BridgeWeights& weights, const Tensor& block, std::size_t columns) {
  const std::size_t count = rows_of(block).rows;
  QUIRE_CHECK(columns > 0 && count % columns == 0);
  Sequence sequence(weights);
  for (std::size_t from = 0; from < count; from += columns) {
    sequence.add(block, from, columns);
    sequence.end_row();
  }
  return sequence.finish();
}

}  // namespace quire
