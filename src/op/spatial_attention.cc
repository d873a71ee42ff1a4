#include "op/spatial_attention.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>
#include <vector>

#include "base/scratch_bytes.h"
#include "kernel/kernels.h"
#include "op/split.h"

namespace quire {
namespace {

using kernel::kernels;
using kernel::kPanel;
using kernel::Start;

// Keys are taken in blocks of about this many, whole rows of the grid: a block, its values and the
// scores of a tile of queries stay in a second-level cache together, a quarter of its 1 MiB each.
constexpr std::size_t kBlockKeys = 512;
constexpr std::size_t kScoreFloats = std::size_t{1} << 16;
// Tiles hold a multiple of this: the rows of the widest register tile.
constexpr std::size_t kTileRows = 14;

struct Window {
  std::size_t top, left;      // in the grid
  std::size_t height, width;  // what of it lies inside the grid
};

// Everything that stays the same over one call.
struct Plan {
  Plan(ConstRows rows, const SpatialAttention& a)
      : attention(a),
        qkv(rows),
        channels(rows.cols / 3),
        head_size(channels / a.heads),
        side_y(a.window ? a.window : a.height),
        side_x(a.window ? a.window : a.width),
        windows_x((a.width + side_x - 1) / side_x),
        windows((a.height + side_y - 1) / side_y * windows_x),
        keys(side_y * side_x),
        block_rows(std::clamp<std::size_t>(kBlockKeys / side_x, 1, side_y)),
        blocks((side_y + block_rows - 1) / block_rows),
        tile(std::clamp<std::size_t>(kScoreFloats / (block_rows * side_x) / kTileRows, 1, 14) *
             kTileRows),
        tiles((keys + tile - 1) / tile),
        scale(1.0f / std::sqrt(static_cast<float>(head_size))) {
    if (a.rel_h) rel_h = reversed(*a.rel_h, side_y);
    if (a.rel_w) rel_w = reversed(*a.rel_w, side_x);
  }

  // Keys run forwards while their rows in the table run backwards; turned round, the rows that one
  // query needs lie in the order of its keys, from row `side - 1 - query` on. What queries are
  // scaled by is taken back out.
  std::vector<float> reversed(const Tensor& table, std::size_t side) const {
    QUIRE_CHECK(table.size() == (2 * side - 1) * head_size);
    std::vector<float> rows(table.size());
    for (std::size_t i = 0; i < 2 * side - 1; ++i) {
      const float* const row = table.data() + (2 * side - 2 - i) * head_size;
      for (std::size_t c = 0; c < head_size; ++c) rows[i * head_size + c] = row[c] / scale;
    }
    return rows;
  }

  Window window(std::size_t index) const {
    const std::size_t top = index / windows_x * side_y, left = index % windows_x * side_x;
    return {top, left, std::min(side_y, attention.height - top),
            std::min(side_x, attention.width - left)};
  }

  std::size_t block_keys() const { return block_rows * side_x; }
  std::size_t rows_y() const { return 2 * side_y - 1; }  // of rel_h
  std::size_t rows_x() const { return 2 * side_x - 1; }

  const SpatialAttention& attention;
  ConstRows qkv;
  std::size_t channels, head_size;
  std::size_t side_y, side_x;      // of a window, positions past the grid included
  std::size_t windows_x, windows;  // windows in a row of them, and all
  std::size_t keys;                // positions of a window
  std::size_t block_rows, blocks;  // rows of keys in a block, blocks of a window
  std::size_t tile, tiles;         // queries in a tile, tiles of a window
  float scale;
  std::vector<float> rel_h, rel_w;  // reversed
};

// The second factor w (n, k) of a product x w^T, packed for the kind of product.
template <typename Products>
class Factor {
 public:
  using Word = typename Products::Word;

  Factor(std::size_t n, std::size_t k, ScratchPieces& pieces)
      : n_(n), k_(k), packed_(pieces.take<Word>(Products::packed(n, k))) {}

  // From w as it stands.
  void pack(const float* w) {
    Products::pack(kernel::kWeightF32)(w, k_ * sizeof(float), n_, k_, packed_);
  }

  // From w^T (k, n). work: packed_size(k, n) + n * k values, written.
  void pack_columns(const float* w, float* work) {
    if constexpr (std::is_same_v<Products, Float32Products>) {
      // Panels are copies of its columns.
      for (std::size_t j = 0; j < n_; j += kPanel) {
        const std::size_t n = std::min(kPanel, n_ - j);
        float* const panel = packed_ + j * k_;
        for (std::size_t i = 0; i < k_; ++i) {
          std::memcpy(panel + i * kPanel, w + i * n_ + j, n * sizeof(float));
          std::fill_n(panel + i * kPanel + n, kPanel - n, 0.0f);
        }
      }
    } else {
      // Panels of w^T as it stands are its transpose, kPanel columns at a time.
      float* const turned = work + kernel::packed_size(k_, n_);
      kernels().pack[kernel::kWeightF32](w, n_ * sizeof(float), k_, n_, work);
      for (std::size_t i = 0; i < k_; i += kPanel) {
        const float* const panel = work + i * n_;
        const std::size_t count = std::min(kPanel, k_ - i);
        for (std::size_t j = 0; j < n_; ++j)
          std::memcpy(turned + j * k_ + i, panel + j * kPanel, count * sizeof(float));
      }
      pack(turned);
    }
  }

  // y (m, n) = [y +] x (m, k) w^T, x prepared.
  void multiply(std::size_t m, const Word* x, float* y, Start start) const {
    Products::gemm()(m, n_, k_, x, packed_, y, n_, nullptr, start);
  }

 private:
  std::size_t n_, k_;
  Word* packed_;
};

// The buffers of one thread, and the steps for one window and head.
template <typename Products>
class Worker {
 public:
  explicit Worker(const Plan& plan)
      : plan_(plan),
        rel_h_(plan.rows_y(), plan.head_size, pieces_),
        rel_w_(plan.rows_x(), plan.head_size, pieces_),
        rows_(buffer(plan.keys * plan.head_size)),
        turning_(buffer(kernel::packed_size(plan.block_keys(), plan.head_size) +
                        plan.block_keys() * plan.head_size)),
        queries_(buffer(plan.tile * plan.head_size)),
        scores_(buffer(plan.tile * plan.block_keys())),
        mixed_(buffer(plan.tile * plan.head_size)),
        along_y_(buffer(plan.tile * plan.rows_y())),
        along_x_(buffer(plan.tile * plan.rows_x())),
        largest_(buffer(plan.tile)),
        sum_(buffer(plan.tile)),
        prepared_queries_(pieces_.take<Word>(Products::prepared(plan.tile, plan.head_size))),
        prepared_scores_(pieces_.take<Word>(Products::prepared(plan.tile, plan.block_keys()))) {
    for (std::size_t b = 0; b < plan.blocks; ++b) {
      const std::size_t first = b * plan.block_rows;
      const std::size_t count = std::min(plan.block_rows, plan.side_y - first);
      const std::size_t keys = count * plan.side_x;
      blocks_.push_back({first, count, keys, Factor<Products>(keys, plan.head_size, pieces_),
                         Factor<Products>(plan.head_size, keys, pieces_)});
    }
    if (plan.rel_h.empty()) return;
    rel_h_.pack(plan.rel_h.data());
    rel_w_.pack(plan.rel_w.data());
  }

  // Packs the keys and values of all positions of a window.
  void open(const Window& window, std::size_t head) {
    const std::size_t d = plan_.head_size;
    gather(window, plan_.channels + head * d);
    for (Block& block : blocks_) block.keys.pack(rows_ + block.first * plan_.side_x * d);
    gather(window, 2 * plan_.channels + head * d);
    for (Block& block : blocks_)
      block.values.pack_columns(rows_ + block.first * plan_.side_x * d, turning_);
  }

  // Queries [begin, end) of the window's positions inside the grid, row by row.
  void attend(const Window& window, std::size_t head, std::size_t begin, std::size_t end,
              Rows out) {
    const std::size_t d = plan_.head_size, n = end - begin;
    for (std::size_t i = 0; i < n; ++i) {
      const float* const q = plan_.qkv.row(token(window, begin + i)) + head * d;
      for (std::size_t c = 0; c < d; ++c) queries_[i * d + c] = q[c] * plan_.scale;
      largest_[i] = -std::numeric_limits<float>::infinity();
      sum_[i] = 0;
    }
    Products::prepare()(n, d, queries_, d, prepared_queries_);
    if (!plan_.rel_h.empty()) {
      // With all rows of both tables: a query needs only half of them, but each another half.
      rel_h_.multiply(n, prepared_queries_, along_y_, Start::kZero);
      rel_w_.multiply(n, prepared_queries_, along_x_, Start::kZero);
    }
    for (const Block& block : blocks_) mix(block, window, begin, n);
    for (std::size_t i = 0; i < n; ++i) {
      float* const to = out.row(token(window, begin + i)) + head * d;
      for (std::size_t c = 0; c < d; ++c) to[c] = mixed_[i * d + c] / sum_[i];
    }
  }

 private:
  using Word = typename Products::Word;
  float* buffer(std::size_t n) { return pieces_.take<float>(n); }

  struct Block {
    std::size_t first, count;  // rows of keys
    std::size_t size;          // keys
    Factor<Products> keys;     // (size, head_size)
    Factor<Products> values;   // (head_size, size)
  };

  // Adds a block's values, weighted, for n queries; what was added before shrinks to match.
  void mix(const Block& block, const Window& window, std::size_t begin, std::size_t n) {
    const std::size_t d = plan_.head_size;
    block.keys.multiply(n, prepared_queries_, scores_, Start::kZero);
    for (std::size_t i = 0; i < n; ++i) {
      float* const scores = scores_ + i * block.size;
      const float here = plan_.rel_h.empty() ? kernels().largest(scores, block.size)
                                             : add_positions(block, window, begin + i, i, scores);
      const float factor = kernels().softmax_step(scores, block.size, here, &largest_[i], &sum_[i]);
      if (block.first > 0 && factor != 1.0f)
        for (std::size_t c = 0; c < d; ++c) mixed_[i * d + c] *= factor;
    }
    Products::prepare()(n, block.size, scores_, block.size, prepared_scores_);
    block.values.multiply(n, prepared_scores_, mixed_,
                          block.first > 0 ? Start::kExists : Start::kZero);
  }

  std::size_t token(const Window& window, std::size_t position) const {
    return (window.top + position / window.width) * plan_.attention.width + window.left +
           position % window.width;
  }

  // head_size values of each position of the window, from channel `from` of its qkv row.
  void gather(const Window& window, std::size_t from) {
    const std::size_t d = plan_.head_size;
    float* to = rows_;
    for (std::size_t y = 0; y < plan_.side_y; ++y) {
      for (std::size_t x = 0; x < plan_.side_x; ++x, to += d) {
        const bool inside = y < window.height && x < window.width;
        const float* const row =
            inside ? plan_.qkv.row((window.top + y) * plan_.attention.width + window.left + x)
                   : plan_.attention.padding;
        std::copy_n(row + from, d, to);
      }
    }
  }

  // Adds to the scores of query i of the tile, at a position of the window; gives the largest.
  float add_positions(const Block& block, const Window& window, std::size_t position, std::size_t i,
                      float* scores) const {
    const std::size_t y = plan_.side_y - 1 - position / window.width;
    const std::size_t x = plan_.side_x - 1 - position % window.width;
    return kernels().add_rel_pos(scores, block.count, plan_.side_x,
                                 along_y_ + i * plan_.rows_y() + y + block.first,
                                 along_x_ + i * plan_.rows_x() + x);
  }

  const Plan& plan_;
  ScratchPieces pieces_;
  Factor<Products> rel_h_, rel_w_;  // (rows of the table, head_size)
  float* rows_;                     // (keys, head_size)
  float* turning_;                  // pack_columns()'s
  std::vector<Block> blocks_;
  float* queries_;             // (tile, head_size), scaled
  float* scores_;              // (tile, keys of a block)
  float* mixed_;               // (tile, head_size)
  float *along_y_, *along_x_;  // (tile, rows of the table)
  float *largest_, *sum_;      // (tile): of the scores so far, of their exponentials
  Word* prepared_queries_;
  Word* prepared_scores_;
};

template <typename Products>
void attend_in(ConstRows qkv, const SpatialAttention& attention, Rows out) {
  // One item is a tile of queries in one window and head. Neighbouring items share keys and values.
  const Plan plan(qkv, attention);
  const std::size_t items = plan.windows * attention.heads * plan.tiles;
  split(
      items, plan.tile * plan.keys * (2 * plan.head_size + kTranscendental),
      [&](std::size_t begin, std::size_t end) {
        Worker<Products> worker(plan);
        std::size_t opened = items;
        for (std::size_t item = begin; item < end; ++item) {
          const std::size_t tile = item % plan.tiles, pair = item / plan.tiles;
          const Window window = plan.window(pair / attention.heads);
          const std::size_t queries = window.height * window.width;
          if (tile * plan.tile >= queries)
            continue;  // a window cut off by the grid's edge has fewer
          if (pair != opened) worker.open(window, pair % attention.heads);
          opened = pair;
          worker.attend(window, pair % attention.heads, tile * plan.tile,
                        std::min(queries, (tile + 1) * plan.tile), out);
        }
      },
      kPartsPerThread);
}

}  // namespace

void spatial_attention(ConstRows qkv, const SpatialAttention& attention, Rows out) {
  QUIRE_CHECK(qkv.rows == attention.height * attention.width && out.rows == qkv.rows);
  QUIRE_CHECK(qkv.cols == 3 * out.cols && attention.heads > 0 && out.cols % attention.heads == 0);
  QUIRE_CHECK(attention.window == 0 || attention.padding != nullptr);
  QUIRE_CHECK((attention.rel_h == nullptr) == (attention.rel_w == nullptr));
  if (qkv.rows == 0) return;

  with_products(attention.products,
                [&](auto products) { attend_in<decltype(products)>(qkv, attention, out); });
}

}  // namespace quire
