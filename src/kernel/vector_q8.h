// Int8 products in the words of vector_*.h, which add q8_dots(): the sums of one block for the 16
// rows of a panel. Included inside the anonymous namespace of each vector file.

#include "kernel/pack_q8.h"

constexpr std::size_t kQ8Vecs = kQ8PanelRows / kLanes;  // registers for one value of each row

void quantise_q8(const float* x, std::size_t k, Q8Rows out) {
  for (std::size_t block = 0; block < k / kQ8Block; ++block, x += kQ8Block) {
    Vec largest = zero();
    for (std::size_t i = 0; i < kQ8Block; i += kLanes) largest = max(largest, abs(load(x + i)));
    const float peak = max_of(largest);
    const Vec inverse = splat(peak > 0 ? 127.0f / peak : 0.0f);
    float rounded[kQ8Block];
    for (std::size_t i = 0; i < kQ8Block; i += kLanes)
      store(rounded + i, round(mul(load(x + i), inverse)));
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < kQ8Block; ++i) {
      const auto value = static_cast<std::int8_t>(rounded[i]);
      out.values[block * kQ8Block + i] = value;
      sum += value;
    }
    out.scales[block] = peak / 127.0f;
    out.offsets[block] = -128 * sum;
  }
}

// How far ahead weights are called into the cache, in bytes: the time that memory takes to answer,
// at the speed of a tile of few rows.
constexpr std::size_t kQ8Ahead = 8 * kQ8PanelBlock;

// y (rows, cols <= 16) = x w^T for one panel. With `fetch`, weights that lie ahead are called into
// the cache, those of the next panel too; the first tile of a panel does that for the others.
template <std::size_t rows, bool fetch>
void q8_tile(std::size_t k, Q8Rows x, const std::uint8_t* panel, float* y, std::size_t ldy,
             std::size_t cols) {
  const std::size_t blocks = k / kQ8Block;
  Vec sum[rows][kQ8Vecs];
#pragma GCC unroll 8
  for (std::size_t i = 0; i < rows; ++i) {
#pragma GCC unroll 2
    for (std::size_t v = 0; v < kQ8Vecs; ++v) sum[i][v] = zero();
  }
  for (std::size_t block = 0; block < blocks; ++block, panel += kQ8PanelBlock) {
    if constexpr (fetch) {
#pragma GCC unroll 9
      for (std::size_t at = 0; at < kQ8PanelBlock; at += 64)
        __builtin_prefetch(panel + kQ8Ahead + at, 0, 3);
    }
    const char* const scales = reinterpret_cast<const char*>(panel);
    Vec scale[kQ8Vecs];
#pragma GCC unroll 2
    for (std::size_t v = 0; v < kQ8Vecs; ++v)
      scale[v] = load_weights<kWeightF16>(scales + v * kLanes * 2);
#pragma GCC unroll 8
    for (std::size_t i = 0; i < rows; ++i) {
      Vec dots[kQ8Vecs];
      q8_dots(panel + 2 * kQ8PanelRows, x.values + i * k + block * kQ8Block,
              x.offsets[i * blocks + block], dots);
      const Vec own = splat(x.scales[i * blocks + block]);
#pragma GCC unroll 2
      for (std::size_t v = 0; v < kQ8Vecs; ++v)
        sum[i][v] = fma(dots[v], mul(scale[v], own), sum[i][v]);
    }
  }
#pragma GCC unroll 8
  for (std::size_t i = 0; i < rows; ++i) {
#pragma GCC unroll 2
    for (std::size_t v = 0; v < kQ8Vecs; ++v) {
      float* const to = y + i * ldy + v * kLanes;
      const std::size_t left = cols > v * kLanes ? cols - v * kLanes : 0;
      if (left >= kLanes) {
        store(to, sum[i][v]);
      } else if (left > 0) {
        store(to, sum[i][v], left);
      }
    }
  }
}

// Row i on. (A member of Q8Rows would be a symbol that other files could pick up.)
inline Q8Rows rows_from(Q8Rows x, std::size_t i, std::size_t k) {
  const std::size_t blocks = k / kQ8Block;
  return {x.values + i * k, x.scales + i * blocks, x.offsets + i * blocks};
}

// The first rows of x against a panel; how many they were.
std::size_t q8_first_tile(std::size_t m, std::size_t k, Q8Rows x, const std::uint8_t* panel,
                          float* y, std::size_t ldy, std::size_t cols) {
  if (m >= kQ8TileRows) {
    q8_tile<kQ8TileRows, true>(k, x, panel, y, ldy, cols);
    return kQ8TileRows;
  }
  if (kQ8TileRows > 4 && m >= 4) {
    q8_tile<4, true>(k, x, panel, y, ldy, cols);
    return 4;
  }
  if (m >= 2) {
    q8_tile<2, true>(k, x, panel, y, ldy, cols);
    return 2;
  }
  if (m > 0) q8_tile<1, true>(k, x, panel, y, ldy, cols);
  return m;
}

void gemm_q8(std::size_t m, std::size_t n, std::size_t k, Q8Rows x, const std::uint8_t* packed,
             float* y, std::size_t ldy) {
  for (std::size_t j = 0; j < n; j += kQ8PanelRows) {
    const std::size_t cols = n - j < kQ8PanelRows ? n - j : kQ8PanelRows;
    float* const to = y + j;
    std::size_t i = q8_first_tile(m, k, x, packed, to, ldy, cols);
    for (; i + kQ8TileRows <= m; i += kQ8TileRows)
      q8_tile<kQ8TileRows, false>(k, rows_from(x, i, k), packed, to + i * ldy, ldy, cols);
    if (kQ8TileRows > 4 && i + 4 <= m) {
      q8_tile<4, false>(k, rows_from(x, i, k), packed, to + i * ldy, ldy, cols);
      i += 4;
    }
    for (; i + 2 <= m; i += 2)
      q8_tile<2, false>(k, rows_from(x, i, k), packed, to + i * ldy, ldy, cols);
    if (i < m) q8_tile<1, false>(k, rows_from(x, i, k), packed, to + i * ldy, ldy, cols);
    packed += k / kQ8Block * kQ8PanelBlock;
  }
}
