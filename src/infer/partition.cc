#include "infer/partition.h"

#include <algorithm>

#include "op/split.h"

namespace quire {
namespace {

constexpr std::size_t kPiece = 8192;  // scores

Partition sum_up(const float* scores, std::size_t count) {
  Partition piece;
  piece.top = *std::max_element(scores, scores + count);
  if (piece.top == -INFINITY) return piece;  // all banned: they add nothing to the others
  for (std::size_t i = 0; i < count; ++i) piece.sum += std::exp(scores[i] - piece.top);
  return piece;
}

}  // namespace

std::vector<Partition> partitions(ConstRows scores) {
  const std::size_t per_row = (scores.cols + kPiece - 1) / kPiece;
  std::vector<Partition> pieces(scores.rows * per_row);
  const std::size_t work = std::min(kPiece, scores.cols) * kTranscendental;
  split(pieces.size(), work, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t from = i % per_row * kPiece;
      pieces[i] = sum_up(scores.row(i / per_row) + from, std::min(kPiece, scores.cols - from));
    }
  });
  std::vector<Partition> rows(scores.rows);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    Partition& row = rows[i / per_row];
    row.top = std::max(row.top, pieces[i].top);
  }
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    Partition& row = rows[i / per_row];
    row.sum += pieces[i].sum * std::exp(static_cast<double>(pieces[i].top - row.top));
  }
  return rows;
}

}  // namespace quire
