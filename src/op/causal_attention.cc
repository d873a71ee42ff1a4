#include "op/causal_attention.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernel/kernels.h"
#include "op/kernel_type.h"
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

// Rows of a cache in blocks that are taken at a time; decoded they stay in a near cache, with the
// queries.
constexpr std::size_t kStrip = 48;
// From so many queries on it pays to decode blocks first, once for all of them.
constexpr std::size_t kDecodeRows = 4;

struct Scratch {
  std::vector<float> queries;  // (tile rows, head size)
  std::vector<float> scores;   // (tile rows, visible)
  std::vector<float> decoded;  // (kStrip, head size)
};

// One head of a tile: scores and weighted sums over rows of the cache, which is read as it lies, or
// decoded strip by strip. Strips begin at the same positions whatever the tile, so a row's bits do
// not depend on its neighbours.
class CachedHead {
 public:
  CachedHead(const CausalRun& run, std::size_t head, std::size_t size, std::size_t queries,
             Scratch& scratch)
      : size_(size),
        row_bytes_(cache_row_bytes(run.type, size)),
        type_(kernel_type(run.type).value_or(kernel::kRowQ8_0)),
        strip_(type_ == kernel::kRowQ8_0 ? kStrip : run.capacity),
        decode_(type_ == kernel::kRowQ8_0 && queries >= kDecodeRows),
        decoded_(scratch.decoded) {
    keys_ = run.keys + head * run.capacity * row_bytes_;
    values_ = run.values + head * run.capacity * row_bytes_;
    if (decode_) decoded_.resize(kStrip * size);
  }

  // scores (rows, count) = q (rows, size) * keys
  void score(ConstRows q, std::size_t count, float* scores) const {
    for (std::size_t from = 0; from < count; from += strip_) {
      const std::size_t n = std::min(strip_, count - from);
      const Strip keys = strip(keys_, from, n);
      kernel::kernels().dot_rows[keys.type](q.rows, n, size_, q.data, q.stride, keys.rows,
                                            keys.stride_bytes, scores + from, count);
    }
  }

  // Row i of out (rows, size) = p[i] * values, of the first visible - rows + i + 1; rows of p lie
  // `visible` apart.
  void sum(const float* p, std::size_t visible, Rows out) const {
    const std::size_t hidden = visible - out.rows;  // before the first row's own position
    for (std::size_t from = 0; from < visible; from += strip_) {
      const Strip values = strip(values_, from, std::min(strip_, visible - from));
      for (std::size_t i = 0; i < out.rows; ++i) {
        const std::size_t seen = hidden + i + 1;
        if (seen <= from) continue;
        kernel::kernels().weighted_sum[values.type](
            std::min(strip_, seen - from), size_, p + i * visible + from, values.rows,
            values.stride_bytes, out.row(i),
            from == 0 ? kernel::Start::kZero : kernel::Start::kExists);
      }
    }
  }

 private:
  struct Strip {
    kernel::WeightType type;
    const void* rows;
    std::size_t stride_bytes;
  };
  // Rows [from, from + count) of the cache.
  Strip strip(const std::uint8_t* rows, std::size_t from, std::size_t count) const {
    const std::uint8_t* const here = rows + from * row_bytes_;
    if (!decode_) return {type_, here, row_bytes_};
    kernel::kernels().from_q8(here, count * size_, decoded_.data());
    return {kernel::kWeightF32, decoded_.data(), size_ * sizeof(float)};
  }

  std::size_t size_, row_bytes_;
  kernel::WeightType type_;
  std::size_t strip_;
  bool decode_;
  std::vector<float>& decoded_;
  const std::uint8_t *keys_, *values_;
};

void attend(ConstRows q, const Tile& tile, const Heads& heads, std::size_t head, Scratch& scratch,
            Rows out) {
  const kernel::Kernels& k = kernel::kernels();
  const std::size_t d = heads.size, visible = tile.run->first + tile.first + tile.rows;
  const CachedHead cached(*tile.run, head * heads.kv_count / heads.count, d, tile.rows, scratch);
  // Scaled before they meet the keys, which are many.
  std::vector<float>& queries = scratch.queries;
  queries.resize(std::max(queries.size(), tile.rows * d));
  const float scale = 1.0f / std::sqrt(static_cast<float>(d));
  for (std::size_t i = 0; i < tile.rows; ++i) {
    const float* const from = q.row(tile.q_row + i) + head * d;
    for (std::size_t j = 0; j < d; ++j) queries[i * d + j] = from[j] * scale;
  }
  std::vector<float>& scores = scratch.scores;
  scores.resize(std::max(scores.size(), tile.rows * visible));
  cached.score({queries.data(), tile.rows, d, d}, visible, scores.data());
  for (std::size_t i = 0; i < tile.rows; ++i)
    k.softmax(scores.data() + i * visible, visible - tile.rows + i + 1);
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
  const std::size_t size = q.cols / heads;
  std::vector<Tile> tiles;
  std::size_t row = 0, work = 0;
  for (const CausalRun& run : runs) {
    QUIRE_CHECK(run.first + run.rows <= run.capacity);
    QUIRE_CHECK(run.type == DType::kF32 || run.type == DType::kF16 || run.type == DType::kQ8_0);
    for (std::size_t first = 0; first < run.rows; first += kTile) {
      tiles.push_back({&run, first, std::min(kTile, run.rows - first), row + first});
    }
    row += run.rows;
    // Of a head: its products, or its keys and values read once for each tile.
    work += (run.first + run.rows) * std::max(run.rows * (2 * size + kTranscendental),
                                              (run.rows + kTile - 1) / kTile * 2 * kByteRead *
                                                  cache_row_bytes(run.type, size));
  }
  QUIRE_CHECK(row == q.rows);
  if (tiles.empty()) return;

  const Heads sizes{heads, kv_heads, size};
  split(tiles.size() * heads, work / tiles.size(), [&](std::size_t begin, std::size_t end) {
    Scratch scratch;
    for (std::size_t item = begin; item < end; ++item) {
      attend(q, tiles[item % tiles.size()], sizes, item / tiles.size(), scratch, out);
    }
  });
}

}  // namespace quire
