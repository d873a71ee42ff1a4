// Int8 products in the words of vector_*.h, which add Bytes (four bytes of each of the 16 rows of a
// panel), Ints (a sum for each row) and how they meet. Included inside the anonymous namespace of
// each vector file.

#include "kernel/pack_int8.h"

constexpr std::size_t kPanelVecs = kPanelRows / kLanes;  // registers for one value of each row

void quantise_q8(const float* x, std::size_t k, Q8Rows out) {
  for (std::size_t block = 0; block < k / kQ8Block; ++block, x += kQ8Block) {
    Vec largest = zero();
    for (std::size_t i = 0; i < kQ8Block; i += kLanes) largest = max(largest, abs(load(x + i)));
    const float peak = max_of(largest);
    const Vec inverse = splat(peak > 0 ? 127.0f / peak : 0.0f);
    float rounded[kQ8Block];
    for (std::size_t i = 0; i < kQ8Block; i += kLanes)
      store(rounded + i, round(mul(load(x + i), inverse)));
    for (std::size_t half = 0; half < 2; ++half) {
      std::int32_t sum = 0;
      for (std::size_t i = half * 16; i < half * 16 + 16; ++i) {
        const auto value = static_cast<std::int8_t>(rounded[i]);
        out.values[block * kQ8Block + i] = value;
        sum += value;
      }
      out.offsets[2 * block + half] = -32 * sum;
    }
    out.scales[block] = peak / 127.0f;
  }
}

void from_q8(const void* blocks, std::size_t n, float* y) {
  constexpr std::size_t kBytes = kPanelLayouts[kPanelQ8_0].file_bytes;
  const auto* at = static_cast<const std::uint8_t*>(blocks);
  for (std::size_t i = 0; i < n; i += kQ8Block, at += kBytes) {
    const Vec scale = splat_half(at);
#pragma GCC unroll 4
    for (std::size_t j = 0; j < kQ8Block; j += kLanes)
      store(y + i + j, mul(floats_of<std::int8_t>(at + 2 + j), scale));
  }
}

// How far ahead weights are called into the cache, in bytes: the time that memory takes to answer,
// at the speed of a tile of few rows.
constexpr std::size_t kPanelAhead = 4352;

// One number of each row.
struct RowValues {
  Vec v[kPanelVecs];
};
inline RowValues every_row(float x) {
  RowValues rows;
#pragma GCC unroll 2
  for (std::size_t v = 0; v < kPanelVecs; ++v) rows.v[v] = splat(x);
  return rows;
}
inline RowValues load_halves(const std::uint8_t* p) {
  RowValues rows;
#pragma GCC unroll 2
  for (std::size_t v = 0; v < kPanelVecs; ++v)
    rows.v[v] = load_weights<kWeightF16>(reinterpret_cast<const char*>(p) + v * kLanes * 2);
  return rows;
}
template <typename Byte>
inline RowValues load_scales(const std::uint8_t* p) {
  RowValues rows;
#pragma GCC unroll 2
  for (std::size_t v = 0; v < kPanelVecs; ++v) rows.v[v] = floats_of<Byte>(p + v * kLanes);
  return rows;
}
inline RowValues times(const RowValues& a, const RowValues& b) {
  RowValues product;
#pragma GCC unroll 2
  for (std::size_t v = 0; v < kPanelVecs; ++v) product.v[v] = mul(a.v[v], b.v[v]);
  return product;
}
inline RowValues times(const RowValues& a, float b) { return times(a, every_row(b)); }
// sum += a b
inline void add_product(const RowValues& a, const RowValues& b, RowValues& sum) {
#pragma GCC unroll 2
  for (std::size_t v = 0; v < kPanelVecs; ++v) sum.v[v] = fma(a.v[v], b.v[v], sum.v[v]);
}

// The products of words [begin, end) of a block of x, four values each, with weights of at most 7
// bits, on top of `start`.
template <std::size_t begin, std::size_t end>
inline RowValues dots(const Bytes (&w)[8], const std::int8_t* x, std::int32_t start) {
  Ints sum = splat_ints(start);
#pragma GCC unroll 8
  for (std::size_t g = begin; g < end; ++g) sum = add_products(sum, w[g], load_four(x + 4 * g));
  RowValues rows;
  to_floats(sum, rows.v);
  return rows;
}

// The weights of one block of 32 as bytes.
template <PanelType type>
inline void unpack(const std::uint8_t* block, Bytes (&w)[8]) {
#pragma GCC unroll 4
  for (std::size_t g = 0; g < 4; ++g) {
    const Bytes nibbles = load_bytes(block + g * kRowWords);
    w[g] = low_nibbles(nibbles);
    w[g + 4] = high_nibbles(nibbles);
  }
  if constexpr (type == kPanelQ5_0 || type == kPanelQ5_K) {
    const Bytes fifth = load_bytes(block + 4 * kRowWords);
    add_bits<0, 0x10>(fifth, w[0]);
    add_bits<1, 0x10>(fifth, w[1]);
    add_bits<2, 0x10>(fifth, w[2]);
    add_bits<3, 0x10>(fifth, w[3]);
    add_bits<4, 0x10>(fifth, w[4]);
    add_bits<5, 0x10>(fifth, w[5]);
    add_bits<6, 0x10>(fifth, w[6]);
    add_bits<7, 0x10>(fifth, w[7]);
  }
  if constexpr (type == kPanelQ6_K) {
    const Bytes first = load_bytes(block + 4 * kRowWords);
    const Bytes second = load_bytes(block + 5 * kRowWords);
    add_bits<0, 0x30>(first, w[0]);
    add_bits<2, 0x30>(first, w[1]);
    add_bits<4, 0x30>(first, w[2]);
    add_bits<6, 0x30>(first, w[3]);
    add_bits<0, 0x30>(second, w[4]);
    add_bits<2, 0x30>(second, w[5]);
    add_bits<4, 0x30>(second, w[6]);
    add_bits<6, 0x30>(second, w[7]);
  }
}

// Row i of x at one block.
struct BlockOfX {
  const std::int8_t* values;
  float scale;
  std::int32_t offsets[2];
};
inline BlockOfX block_of(Q8Rows x, std::size_t blocks, std::size_t i, std::size_t block) {
  const std::size_t at = i * blocks + block;
  return {x.values + at * kQ8Block, x.scales[at], {x.offsets[2 * at], x.offsets[2 * at + 1]}};
}

// Adds block `b` of a group to the sums of each row of x. With d the scales of the group's rows, s
// those of the block, q its weights and a the scale of x:
//   Q8_0        d a sum q x
//   Q4_0, Q5_0  d a sum (q - 8) x, d a sum (q - 16) x
//   Q4_K, Q5_K  d s a sum q x - dmin m a sum x
//   Q6_K        d a (s0 sum (q - 32) x + s1 sum (q - 32) x), over either half
template <PanelType type, std::size_t rows>
inline void add_block(const std::uint8_t* group, std::size_t b, Q8Rows x, std::size_t blocks,
                      std::size_t block, RowValues (&sum)[rows]) {
  constexpr PanelLayout layout = kPanelLayouts[type];
  const std::uint8_t* const values = group + layout.header_bytes + b * layout.block_bytes;
  const RowValues d = load_halves(group);
  if constexpr (type == kPanelQ8_0) {
#pragma GCC unroll 8
    for (std::size_t i = 0; i < rows; ++i) {
      const BlockOfX own = block_of(x, blocks, i, block);
      RowValues dot;
      dots_of_bytes(values, own.values, 4 * (own.offsets[0] + own.offsets[1]), dot.v);
      add_product(dot, times(d, own.scale), sum[i]);
    }
  } else if constexpr (type == kPanelQ4_0 || type == kPanelQ5_0) {
    constexpr std::int32_t part = type == kPanelQ4_0 ? 4 : 2;  // -8 and -16 of the offset's -32
    Bytes w[8];
    unpack<type>(values, w);
#pragma GCC unroll 8
    for (std::size_t i = 0; i < rows; ++i) {
      const BlockOfX own = block_of(x, blocks, i, block);
      const std::int32_t offset = (own.offsets[0] + own.offsets[1]) / part;
      add_product(dots<0, 8>(w, own.values, offset), times(d, own.scale), sum[i]);
    }
  } else if constexpr (type == kPanelQ6_K) {
    const std::uint8_t* const scales = group + 2 * kPanelRows + b * 2 * kPanelRows;
    const RowValues first = load_scales<std::int8_t>(scales);
    const RowValues second = load_scales<std::int8_t>(scales + kPanelRows);
    Bytes w[8];
    unpack<type>(values, w);
#pragma GCC unroll 8
    for (std::size_t i = 0; i < rows; ++i) {
      const BlockOfX own = block_of(x, blocks, i, block);
      RowValues dot = times(dots<0, 4>(w, own.values, own.offsets[0]), first);
      add_product(dots<4, 8>(w, own.values, own.offsets[1]), second, dot);
      add_product(dot, times(d, own.scale), sum[i]);
    }
  } else {
    const std::uint8_t* const scales = group + 4 * kPanelRows + b * 2 * kPanelRows;
    const RowValues scale = times(d, load_scales<std::uint8_t>(scales));
    const RowValues minimum =
        times(load_halves(group + 2 * kPanelRows), load_scales<std::uint8_t>(scales + kPanelRows));
    Bytes w[8];
    unpack<type>(values, w);
#pragma GCC unroll 8
    for (std::size_t i = 0; i < rows; ++i) {
      const BlockOfX own = block_of(x, blocks, i, block);
      add_product(dots<0, 8>(w, own.values, 0), times(scale, own.scale), sum[i]);
      const auto offset = static_cast<float>(own.offsets[0] + own.offsets[1]);
      add_product(minimum, every_row(offset * (1.0f / 32) * own.scale), sum[i]);
    }
  }
}

// y (rows, cols <= 16) = x w^T for one panel. With `fetch`, weights that lie ahead are called into
// the cache, those of the next panel too; the first tile of a panel does that for the others.
template <PanelType type, std::size_t rows, bool fetch>
void int8_tile(std::size_t k, Q8Rows x, const std::uint8_t* panel, float* y, std::size_t ldy,
               std::size_t cols) {
  constexpr PanelLayout layout = kPanelLayouts[type];
  constexpr std::size_t in_group = layout.group / kQ8Block;
  constexpr std::size_t share = layout.group_bytes() / in_group;  // of a block in its group
  const std::size_t blocks = k / kQ8Block;
  RowValues sum[rows];
#pragma GCC unroll 8
  for (std::size_t i = 0; i < rows; ++i) sum[i] = every_row(0);
  for (std::size_t block = 0; block < blocks; panel += layout.group_bytes()) {
#pragma GCC unroll 1
    for (std::size_t b = 0; b < in_group; ++b, ++block) {
      if constexpr (fetch) {
#pragma GCC unroll 9
        for (std::size_t at = 0; at < share; at += 64)
          __builtin_prefetch(panel + b * share + kPanelAhead + at, 0, 3);
      }
      add_block<type, rows>(panel, b, x, blocks, block, sum);
    }
  }
#pragma GCC unroll 8
  for (std::size_t i = 0; i < rows; ++i) {
#pragma GCC unroll 2
    for (std::size_t v = 0; v < kPanelVecs; ++v) {
      float* const to = y + i * ldy + v * kLanes;
      const std::size_t left = cols > v * kLanes ? cols - v * kLanes : 0;
      if (left >= kLanes) {
        store(to, sum[i].v[v]);
      } else if (left > 0) {
        store(to, sum[i].v[v], left);
      }
    }
  }
}

// Row i on. (A member of Q8Rows would be a symbol that other files could pick up.)
inline Q8Rows rows_from(Q8Rows x, std::size_t i, std::size_t k) {
  const std::size_t blocks = k / kQ8Block;
  return {x.values + i * k, x.scales + i * blocks, x.offsets + 2 * i * blocks};
}

// The largest tile that m rows fill, against a panel; how many rows those are.
template <PanelType type, bool fetch>
std::size_t int8_rows(std::size_t m, std::size_t k, Q8Rows x, const std::uint8_t* panel, float* y,
                      std::size_t ldy, std::size_t cols) {
  if (m >= kInt8TileRows) {
    int8_tile<type, kInt8TileRows, fetch>(k, x, panel, y, ldy, cols);
    return kInt8TileRows;
  }
  if (kInt8TileRows > 4 && m >= 4) {
    int8_tile<type, 4, fetch>(k, x, panel, y, ldy, cols);
    return 4;
  }
  if (m >= 2) {
    int8_tile<type, 2, fetch>(k, x, panel, y, ldy, cols);
    return 2;
  }
  if (m > 0) int8_tile<type, 1, fetch>(k, x, panel, y, ldy, cols);
  return m;
}

template <PanelType type>
void gemm_int8(std::size_t m, std::size_t n, std::size_t k, Q8Rows x, const std::uint8_t* packed,
               float* y, std::size_t ldy) {
  const std::size_t panel_bytes = packed_int8_size(type, kPanelRows, k);
  for (std::size_t j = 0; j < n; j += kPanelRows, packed += panel_bytes) {
    const std::size_t cols = n - j < kPanelRows ? n - j : kPanelRows;
    std::size_t i = int8_rows<type, true>(m, k, x, packed, y + j, ldy, cols);
    while (i < m) {
      i += int8_rows<type, false>(m - i, k, rows_from(x, i, k), packed, y + i * ldy + j, ldy, cols);
    }
  }
}
