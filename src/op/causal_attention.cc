#include "op/causal_attention.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernel/kernels.h"
#include "op/split.h"

namespace quire {
namespace {

// Rows of one run taken together, so that keys are read once for all of them.
constexpr std::size_t kTile = 16;

struct Tile {
  const CausalRun* run;
  std::size_t first, rows;  // within the run
  std::size_t q_row;        // its first row in q
};

struct Heads {
  std::size_t count, kv_count, size;
};

void attend(ConstRows q, const Tile& tile, const Heads& heads, std::size_t head,
            std::vector<float>& scores, Rows out) {
  const kernel::Kernels& k = kernel::kernels();
  const CausalRun& run = *tile.run;
  const std::size_t d = heads.size, row_bytes = d * kernel::kWeightBytes[run.type];
  const std::size_t kv = head * heads.kv_count / heads.count * run.capacity * row_bytes;
  const std::size_t visible = run.first + tile.first + tile.rows;  // to the tile's last row
  scores.resize(std::max(scores.size(), tile.rows * visible));
  k.dot_rows[run.type](tile.rows, visible, d, q.row(tile.q_row) + head * d, q.stride, run.keys + kv,
                       row_bytes, scores.data(), visible);
  const float scale = 1.0f / std::sqrt(static_cast<float>(d));
  for (std::size_t i = 0; i < tile.rows; ++i) {
    float* const row = scores.data() + i * visible;
    const std::size_t seen = visible - tile.rows + i + 1;
    for (std::size_t j = 0; j < seen; ++j) row[j] *= scale;
    k.softmax(row, seen);
    k.weighted_sum[run.type](seen, d, row, run.values + kv, row_bytes,
                             out.row(tile.q_row + i) + head * d);
  }
}

}  // namespace

void causal_attention(ConstRows q, std::span<const CausalRun> runs, std::size_t heads,
                      std::size_t kv_heads, Rows out) {
  QUIRE_CHECK(heads > 0 && kv_heads > 0 && heads % kv_heads == 0 && q.cols % heads == 0);
  QUIRE_CHECK(q.rows == out.rows && q.cols == out.cols);
  std::vector<Tile> tiles;
  std::size_t row = 0, scores = 0;
  for (const CausalRun& run : runs) {
    QUIRE_CHECK(run.first + run.rows <= run.capacity);
    for (std::size_t first = 0; first < run.rows; first += kTile) {
      tiles.push_back({&run, first, std::min(kTile, run.rows - first), row + first});
    }
    row += run.rows;
    scores += run.rows * (run.first + run.rows);
  }
  QUIRE_CHECK(row == q.rows);
  if (tiles.empty()) return;

  const Heads sizes{heads, kv_heads, q.cols / heads};
  split(tiles.size() * heads, scores / tiles.size() * (2 * sizes.size + kTranscendental),
        [&](std::size_t begin, std::size_t end) {
          std::vector<float> buffer;
          for (std::size_t item = begin; item < end; ++item) {
            attend(q, tiles[item % tiles.size()], sizes, item / tiles.size(), buffer, out);
          }
        });
}

}  // namespace quire
