#include "op/spatial_attention.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <type_traits>
#include <vector>

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
  // query needs lie in the order of its keys, from row `side - 1 - query` on.
  std::vector<float> reversed(const Tensor& table, std::size_t side) const {
    QUIRE_CHECK(table.size() == (2 * side - 1) * head_size);
    std::vector<float> rows(table.size());
    for (std::size_t i = 0; i < 2 * side - 1; ++i) {
      std::copy_n(table.data() + (2 * side - 2 - i) * head_size, head_size,
                  rows.data() + i * head_size);
    }
    return rows;
  }

  Window window(std::size_t index) const {
    const std::size_t top = index / windows_x * side_y, left = index % windows_x * side_x;
    return {top, left, std::min(side_y, attention.height - top),
            std::min(side_x, attention.width - left)};
  }

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
  Factor(std::size_t n, std::size_t k) : n_(n), k_(k), packed_(Products::packed(n, k)) {}

  // From w as it stands.
  void pack(const float* w) {
    Products::pack(kernel::kWeightF32)(w, k_ * sizeof(float), n_, k_, packed_.data());
  }

  // From w^T (k, n).
  void pack_columns(const float* w) {
    if constexpr (std::is_same_v<Products, Float32Products>) {
      // Panels are copies of its columns.
      for (std::size_t j = 0; j < n_; j += kPanel) {
        const std::size_t n = std::min(kPanel, n_ - j);
        float* const panel = packed_.data() + j * k_;
        for (std::size_t i = 0; i < k_; ++i) {
          std::memcpy(panel + i * kPanel, w + i * n_ + j, n * sizeof(float));
          std::fill_n(panel + i * kPanel + n, kPanel - n, 0.0f);
        }
      }
    } else {
      // Panels of w^T as it stands are its transpose, kPanel columns at a time.
      panels_.resize(kernel::packed_size(k_, n_));
      turned_.resize(n_ * k_);
      kernels().pack[kernel::kWeightF32](w, n_ * sizeof(float), k_, n_, panels_.data());
      for (std::size_t i = 0; i < k_; i += kPanel) {
        const float* const panel = panels_.data() + i * n_;
        const std::size_t count = std::min(kPanel, k_ - i);
        for (std::size_t j = 0; j < n_; ++j)
          std::memcpy(&turned_[j * k_ + i], panel + j * kPanel, count * sizeof(float));
      }
      pack(turned_.data());
    }
  }

  // y (m, n) = [y +] x (m, k) w^T, x prepared.
  void multiply(std::size_t m, const typename Products::Word* x, float* y, Start start) const {
    Products::gemm()(m, n_, k_, x, packed_.data(), y, n_, nullptr, start);
  }

 private:
  std::size_t n_, k_;
  std::vector<typename Products::Word> packed_;
  std::vector<float> panels_, turned_;  // pack_columns()'s
};

// The buffers of one thread, and the steps for one window and head.
template <typename Products>
class Worker {
 public:
  explicit Worker(const Plan& plan)
      : plan_(plan),
        rows_(buffer(plan.keys * plan.head_size)),
        queries_(buffer(plan.tile * plan.head_size)),
        scores_(buffer(plan.tile * plan.block_rows * plan.side_x)),
        mixed_(buffer(plan.tile * plan.head_size)),
        along_y_(buffer(plan.tile * plan.side_y)),
        along_x_(buffer(plan.tile * plan.side_x)),
        largest_(buffer(plan.tile)),
        sum_(buffer(plan.tile)),
        prepared_queries_(Products::prepared(plan.tile, plan.head_size)),
        prepared_scores_(Products::prepared(plan.tile, plan.block_rows * plan.side_x)) {
    for (std::size_t b = 0; b < plan.blocks; ++b) {
      const std::size_t first = b * plan.block_rows;
      const std::size_t count = std::min(plan.block_rows, plan.side_y - first);
      const std::size_t keys = count * plan.side_x;
      blocks_.push_back({first, count, keys, Factor<Products>(keys, plan.head_size),
                         Factor<Products>(plan.head_size, keys)});
    }
  }

  // Packs the keys and values of all positions of a window.
  void open(const Window& window, std::size_t head) {
    const std::size_t d = plan_.head_size;
    gather(window, plan_.channels + head * d);
    for (Block& block : blocks_) block.keys.pack(rows_.get() + block.first * plan_.side_x * d);
    gather(window, 2 * plan_.channels + head * d);
    for (Block& block : blocks_)
      block.values.pack_columns(rows_.get() + block.first * plan_.side_x * d);
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
      if (!plan_.rel_h.empty())
        find_positions(q, (begin + i) / window.width, (begin + i) % window.width, i);
    }
    Products::prepare()(n, d, queries_.get(), d, prepared_queries_.data());
    for (const Block& block : blocks_) mix(block, n);
    for (std::size_t i = 0; i < n; ++i) {
      float* const to = out.row(token(window, begin + i)) + head * d;
      for (std::size_t c = 0; c < d; ++c) to[c] = mixed_[i * d + c] / sum_[i];
    }
  }

 private:
  using Buffer = std::unique_ptr<float[]>;
  static Buffer buffer(std::size_t n) { return std::make_unique_for_overwrite<float[]>(n); }

  struct Block {
    std::size_t first, count;  // rows of keys
    std::size_t size;          // keys
    Factor<Products> keys;     // (size, head_size)
    Factor<Products> values;   // (head_size, size)
  };

  // Adds a block's values, weighted, for n queries; what was added before shrinks to match.
  void mix(const Block& block, std::size_t n) {
    const std::size_t d = plan_.head_size;
    block.keys.multiply(n, prepared_queries_.data(), scores_.get(), Start::kZero);
    for (std::size_t i = 0; i < n; ++i) {
      float* const scores = scores_.get() + i * block.size;
      if (!plan_.rel_h.empty()) {
        kernels().add_rel_pos(scores, block.count, plan_.side_x,
                              along_y_.get() + i * plan_.side_y + block.first,
                              along_x_.get() + i * plan_.side_x);
      }
      const float factor = kernels().softmax_step(scores, block.size, &largest_[i], &sum_[i]);
      if (block.first > 0 && factor != 1.0f)
        for (std::size_t c = 0; c < d; ++c) mixed_[i * d + c] *= factor;
    }
    Products::prepare()(n, block.size, scores_.get(), block.size, prepared_scores_.data());
    block.values.multiply(n, prepared_scores_.data(), mixed_.get(),
                          block.first > 0 ? Start::kExists : Start::kZero);
  }

  std::size_t token(const Window& window, std::size_t position) const {
    return (window.top + position / window.width) * plan_.attention.width + window.left +
           position % window.width;
  }

  // head_size values of each position of the window, from channel `from` of its qkv row.
  void gather(const Window& window, std::size_t from) {
    const std::size_t d = plan_.head_size;
    float* to = rows_.get();
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

  // What query i of the tile, at (y, x) in the window, adds for rows and for columns of keys.
  void find_positions(const float* q, std::size_t y, std::size_t x, std::size_t i) {
    const std::size_t d = plan_.head_size, bytes = d * sizeof(float);
    const auto dot_rows = kernels().dot_rows[kernel::kWeightF32];
    dot_rows(1, plan_.side_y, d, q, d, plan_.rel_h.data() + (plan_.side_y - 1 - y) * d, bytes,
             along_y_.get() + i * plan_.side_y, plan_.side_y);
    dot_rows(1, plan_.side_x, d, q, d, plan_.rel_w.data() + (plan_.side_x - 1 - x) * d, bytes,
             along_x_.get() + i * plan_.side_x, plan_.side_x);
  }

  const Plan& plan_;
  Buffer rows_;  // (keys, head_size)
  std::vector<Block> blocks_;
  Buffer queries_;            // (tile, head_size), scaled
  Buffer scores_;             // (tile, keys of a block)
  Buffer mixed_;              // (tile, head_size)
  Buffer along_y_, along_x_;  // (tile, side_y), (tile, side_x)
  Buffer largest_, sum_;      // (tile): of the scores so far, of their exponentials
  std::vector<typename Products::Word> prepared_queries_, prepared_scores_;
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
