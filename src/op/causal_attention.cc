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

// Rows of the cache that are decoded at a time: they and their queries stay in a near cache.
constexpr std::size_t kStrip = 48;

struct Scratch {
  std::vector<float> scores;   // (tile rows, visible)
  std::vector<float> decoded;  // (kStrip, head size)
  std::vector<float> partial;  // (head size)
};

// One head of a tile: scores and weighted sums over rows of the cache. A cache in a type that the
// kernels take is read as it lies, one in blocks is decoded strip by strip; strips begin at the
// same positions whatever the tile, so a row's bits do not depend on its neighbours.
class CachedHead {
 public:
  CachedHead(const CausalRun& run, std::size_t head, std::size_t size, Scratch& scratch)
      : size_(size), row_bytes_(cache_row_bytes(run.type, size)), scratch_(scratch) {
    keys_ = run.keys + head * run.capacity * row_bytes_;
    values_ = run.values + head * run.capacity * row_bytes_;
    blocks_ = run.type == DType::kQ8_0;
    type_ = run.type == DType::kF32 ? kernel::kWeightF32 : kernel::kWeightF16;
    if (!blocks_) return;
    scratch.decoded.resize(kStrip * size);
    scratch.partial.resize(size);
  }

  // scores (rows, count) = q (rows, size) * keys
  void score(ConstRows q, std::size_t count, float* scores) const {
    const kernel::Kernels& k = kernel::kernels();
    if (!blocks_) {
      k.dot_rows[type_](q.rows, count, size_, q.data, q.stride, keys_, row_bytes_, scores, count);
      return;
    }
    for (std::size_t from = 0; from < count; from += kStrip) {
      const std::size_t n = std::min(kStrip, count - from);
      decode(keys_, from, n);
      k.dot_rows[kernel::kWeightF32](q.rows, n, size_, q.data, q.stride, scratch_.decoded.data(),
                                     size_ * sizeof(float), scores + from, count);
    }
  }

  // Row i of out (rows, size) = p[i] * values, of the first visible - rows + i + 1; rows of p lie
  // `visible` apart.
  void sum(const float* p, std::size_t visible, Rows out) const {
    const kernel::Kernels& k = kernel::kernels();
    const std::size_t hidden = visible - out.rows;  // before the first row's own position
    if (!blocks_) {
      for (std::size_t i = 0; i < out.rows; ++i)
        k.weighted_sum[type_](hidden + i + 1, size_, p + i * visible, values_, row_bytes_,
                              out.row(i));
      return;
    }
    for (std::size_t i = 0; i < out.rows; ++i) std::fill_n(out.row(i), size_, 0.0f);
    for (std::size_t from = 0; from < visible; from += kStrip) {
      decode(values_, from, std::min(kStrip, visible - from));
      for (std::size_t i = 0; i < out.rows; ++i) {
        const std::size_t seen = hidden + i + 1;
        if (seen <= from) continue;
        k.weighted_sum[kernel::kWeightF32](std::min(kStrip, seen - from), size_,
                                           p + i * visible + from, scratch_.decoded.data(),
                                           size_ * sizeof(float), scratch_.partial.data());
        k.add(scratch_.partial.data(), size_, out.row(i));
      }
    }
  }

 private:
  void decode(const std::uint8_t* rows, std::size_t from, std::size_t count) const {
    kernel::kernels().from_q8(rows + from * row_bytes_, count * size_, scratch_.decoded.data());
  }

  std::size_t size_, row_bytes_;
  Scratch& scratch_;
  const std::uint8_t *keys_, *values_;
  bool blocks_;
  kernel::WeightType type_;
};

void attend(ConstRows q, const Tile& tile, const Heads& heads, std::size_t head, Scratch& scratch,
            Rows out) {
  const kernel::Kernels& k = kernel::kernels();
  const std::size_t d = heads.size, visible = tile.run->first + tile.first + tile.rows;
  const CachedHead cached(*tile.run, head * heads.kv_count / heads.count, d, scratch);
  const ConstRows queries{q.row(tile.q_row) + head * d, tile.rows, d, q.stride};
  std::vector<float>& scores = scratch.scores;
  scores.resize(std::max(scores.size(), tile.rows * visible));
  cached.score(queries, visible, scores.data());
  const float scale = 1.0f / std::sqrt(static_cast<float>(d));
  for (std::size_t i = 0; i < tile.rows; ++i) {
    float* const row = scores.data() + i * visible;
    const std::size_t seen = visible - tile.rows + i + 1;
    for (std::size_t j = 0; j < seen; ++j) row[j] *= scale;
    k.softmax(row, seen);
  }
  cached.sum(scores.data(), visible, {out.row(tile.q_row) + head * d, tile.rows, d, out.stride});
}

}  // namespace

std::size_t cache_row_bytes(DType type, std::size_t head_size) {
  const DTypeInfo& info = dtype_info(type);
  return head_size / info.block_elements * info.block_bytes;
}

void write_cache_row(DType type, const float* values, std::size_t head_size, std::uint8_t* to) {
  if (type == DType::kF16) {  // what the codec writes, several values at a time
    kernel::kernels().to_f16(values, head_size, reinterpret_cast<std::uint16_t*>(to));
  } else {
    dtype_info(type).encode(values, head_size, to);
  }
}

void causal_attention(ConstRows q, std::span<const CausalRun> runs, std::size_t heads,
                      std::size_t kv_heads, Rows out) {
  QUIRE_CHECK(heads > 0 && kv_heads > 0 && heads % kv_heads == 0 && q.cols % heads == 0);
  QUIRE_CHECK(q.rows == out.rows && q.cols == out.cols);
  std::vector<Tile> tiles;
  std::size_t row = 0, scores = 0;
  for (const CausalRun& run : runs) {
    QUIRE_CHECK(run.first + run.rows <= run.capacity);
    QUIRE_CHECK(run.type == DType::kF32 || run.type == DType::kF16 || run.type == DType::kQ8_0);
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
          Scratch scratch;
          for (std::size_t item = begin; item < end; ++item) {
            attend(q, tiles[item % tiles.size()], sizes, item / tiles.size(), scratch, out);
          }
        });
}

}  // namespace quire
