// Int8 products in the words of vector_*.h, which add Bytes (four bytes of each of the 16 rows of a
// panel), Ints (a sum for each row) and how they meet. Included inside the anonymous namespace of
// each vector file.

#include "kernel/pack_int8.h"

constexpr std::size_t kPanelVecs = kPanelRows / kLanes;  // registers for one value of each row

void quantise_q8(const float* x, std::size_t k, Q8Block* out) {
  for (const float* const end = x + k; x != end; x += kQ8Block, ++out) {
    Vec largest = zero();
    for (std::size_t i = 0; i < kQ8Block; i += kLanes) largest = max(largest, abs(load(x + i)));
    const float peak = max_of(largest);
    const Vec inverse = splat(peak > 0 ? 127.0f / peak : 0.0f);
    std::int32_t sums[2];
    for (std::size_t half = 0; half < 2; ++half) {
      Vec sum = zero();  // of whole numbers, and so exact
      for (std::size_t i = half * 16; i < half * 16 + 16; i += kLanes) {
        const Vec rounded = round(mul(load(x + i), inverse));
        store_bytes(out->values + i, rounded);
        sum = add(sum, rounded);
      }
      sums[half] = static_cast<std::int32_t>(sum_of(sum));
    }
    out->scale = peak / 127.0f;
    out->minus_sum = -out->scale * static_cast<float>(sums[0] + sums[1]);
    out->offset = -128 * (sums[0] + sums[1]);
    out->halves[0] = -32 * sums[0];
    out->halves[1] = -32 * sums[1];
  }
}

// Which weights a tile calls into the cache while it works: none; those that lie so far ahead as
// memory takes to answer; or, where two tiles work on a panel, every other line of the next one
// each, so that memory never waits for the second to be done.
enum class Fetch { kNone, kAhead, kEvenLines, kOddLines };

// For up to three rows a line of each block is enough: the machine foresees those between, but not
// past the end of a page of 4 KiB, and to call them all costs a tenth of the speed. More rows need
// all, and earlier (docs/lab-notes.md).
constexpr std::size_t kLineEach = 3;
template <Fetch fetch, std::size_t rows>
inline void call_ahead(const std::uint8_t* at, std::size_t share, std::size_t panel_bytes) {
  constexpr std::size_t kAhead = 4352;
  if constexpr (fetch == Fetch::kAhead && rows <= kLineEach) {
    __builtin_prefetch(at + kAhead, 0, 3);
  } else if constexpr (fetch == Fetch::kAhead) {
#pragma GCC unroll 9
    for (std::size_t line = 0; line < share; line += 64)
      __builtin_prefetch(at + 2 * kAhead + line, 0, 3);
  } else if constexpr (fetch != Fetch::kNone) {
    const std::uint8_t* const next = at + panel_bytes;
#pragma GCC unroll 5
    for (std::size_t line = fetch == Fetch::kOddLines ? 64 : 0; line < share; line += 128)
      __builtin_prefetch(next + line, 0, 3);
  }
}

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

// Word g of a block of 32 weights, as bytes.
template <PanelType type>
inline Bytes word(const std::uint8_t* block, std::size_t g) {
  if constexpr (type == kPanelQ8_0) return load_bytes(block + g * kRowWords);
  const Bytes nibbles = load_bytes(block + g % 4 * kRowWords);
  Bytes w = g < 4 ? low_nibbles(nibbles) : high_nibbles(nibbles);
  if constexpr (type == kPanelQ5_0 || type == kPanelQ5_K)
    add_bits(load_bytes(block + 4 * kRowWords), static_cast<int>(g), 0x10, w);
  if constexpr (type == kPanelQ6_K)
    add_bits(load_bytes(block + (4 + g / 4) * kRowWords), static_cast<int>(g % 4 * 2), 0x30, w);
  return w;
}

// For each row i of x and each panel p, of words [begin, end) of a block:
//   sum[i][p] += scale[p] * (the scale of x_i) * (start(x_i) + the products of x_i and panel p)
// Word after word over all of them, so that the units always find sums that do not wait for each
// other, and each four bytes of x are read once for all panels.
template <PanelType type, std::size_t begin, std::size_t end, std::size_t rows, std::size_t panels,
          typename Start>
inline void add_words(const std::uint8_t* const (&block)[panels], const Q8Block* const (&x)[rows],
                      const RowValues (&scale)[panels], Start start,
                      RowValues (&sum)[rows][panels]) {
  RowValues product[rows][panels];
  if constexpr (type == kPanelQ8_0 && !kWholeByteProducts) {
#pragma GCC unroll 8
    for (std::size_t i = 0; i < rows; ++i) {
#pragma GCC unroll 2
      for (std::size_t p = 0; p < panels; ++p)
        dots_of_bytes(block[p], x[i]->values, start(*x[i]), product[i][p].v);
    }
  } else {
    Ints dot[rows][panels];
#pragma GCC unroll 8
    for (std::size_t i = 0; i < rows; ++i) {
#pragma GCC unroll 2
      for (std::size_t p = 0; p < panels; ++p) dot[i][p] = splat_ints(start(*x[i]));
    }
#pragma GCC unroll 8
    for (std::size_t g = begin; g < end; ++g) {
      Bytes w[panels];
#pragma GCC unroll 2
      for (std::size_t p = 0; p < panels; ++p) w[p] = word<type>(block[p], g);
#pragma GCC unroll 8
      for (std::size_t i = 0; i < rows; ++i) {
        const std::int32_t four = load_four(x[i]->values + 4 * g);
#pragma GCC unroll 2
        for (std::size_t p = 0; p < panels; ++p) dot[i][p] = add_products(dot[i][p], w[p], four);
      }
    }
#pragma GCC unroll 8
    for (std::size_t i = 0; i < rows; ++i) {
#pragma GCC unroll 2
      for (std::size_t p = 0; p < panels; ++p) to_floats(dot[i][p], product[i][p].v);
    }
  }
#pragma GCC unroll 8
  for (std::size_t i = 0; i < rows; ++i) {
#pragma GCC unroll 2
    for (std::size_t p = 0; p < panels; ++p)
      add_product(product[i][p], times(scale[p], x[i]->scale), sum[i][p]);
  }
}

// Adds block `b` of a group of each panel to the sums of each row of x. With d the scales of the
// group's rows, s those of the block, q its weights and a the scale of x:
//   Q8_0        d a sum q x
//   Q4_0, Q5_0  d a sum (q - 8) x, d a sum (q - 16) x
//   Q4_K, Q5_K  d s a sum q x - dmin m a sum x
//   Q6_K        d s0 a sum (q - 32) x + d s1 a sum (q - 32) x, over either half
template <PanelType type, std::size_t rows, std::size_t panels>
inline void add_block(const std::uint8_t* const (&group)[panels], std::size_t b,
                      const Q8Block* const (&x)[rows], RowValues (&sum)[rows][panels]) {
  constexpr PanelLayout layout = kPanelLayouts[type];
  const std::uint8_t* block[panels];
  RowValues d[panels];
#pragma GCC unroll 2
  for (std::size_t p = 0; p < panels; ++p) {
    block[p] = group[p] + layout.header_bytes + b * layout.block_bytes;
    d[p] = load_halves(group[p]);
  }
  if constexpr (type == kPanelQ8_0) {
    add_words<type, 0, 8>(
        block, x, d, [](const Q8Block& own) { return own.offset; }, sum);
  } else if constexpr (type == kPanelQ4_0 || type == kPanelQ5_0) {
    constexpr std::int32_t part = type == kPanelQ4_0 ? 16 : 8;  // -8 and -16 of the offset's -128
    add_words<type, 0, 8>(
        block, x, d, [](const Q8Block& own) { return own.offset / part; }, sum);
  } else if constexpr (type == kPanelQ6_K) {
    RowValues first[panels], second[panels];
#pragma GCC unroll 2
    for (std::size_t p = 0; p < panels; ++p) {
      const std::uint8_t* const scales = group[p] + 2 * kPanelRows + b * 2 * kPanelRows;
      first[p] = times(d[p], load_scales<std::int8_t>(scales));
      second[p] = times(d[p], load_scales<std::int8_t>(scales + kPanelRows));
    }
    add_words<type, 0, 4>(
        block, x, first, [](const Q8Block& own) { return own.halves[0]; }, sum);
    add_words<type, 4, 8>(
        block, x, second, [](const Q8Block& own) { return own.halves[1]; }, sum);
  } else {
    RowValues scale[panels], minimum[panels];
#pragma GCC unroll 2
    for (std::size_t p = 0; p < panels; ++p) {
      const std::uint8_t* const scales = group[p] + 4 * kPanelRows + b * 2 * kPanelRows;
      scale[p] = times(d[p], load_scales<std::uint8_t>(scales));
      minimum[p] = times(load_halves(group[p] + 2 * kPanelRows),
                         load_scales<std::uint8_t>(scales + kPanelRows));
    }
    add_words<type, 0, 8>(
        block, x, scale, [](const Q8Block&) { return 0; }, sum);
#pragma GCC unroll 8
    for (std::size_t i = 0; i < rows; ++i) {
#pragma GCC unroll 2
      for (std::size_t p = 0; p < panels; ++p)
        add_product(minimum[p], every_row(x[i]->minus_sum), sum[i][p]);
    }
  }
}

// Rows against two panels: twelve sums of bytes and twelve of floats, and what they are made from,
// fill the 32 registers.
constexpr std::size_t kPairRows = 6;

// What a product works on: k, and rows of x and y from some row on, y from some column on.
struct Int8Product {
  std::size_t k;
  const Q8Block* x;
  float* y;
  std::size_t ldy;
};
inline Int8Product from_row(const Int8Product& all, std::size_t i) {
  return {all.k, all.x + i * (all.k / kQ8Block), all.y + i * all.ldy, all.ldy};
}

// y (rows, cols <= 16 panels) = x w^T for panels that lie one behind the other.
template <PanelType type, std::size_t rows, std::size_t panels, Fetch fetch>
void int8_tile(const Int8Product& on, const std::uint8_t* packed, std::size_t cols) {
  constexpr PanelLayout layout = kPanelLayouts[type];
  constexpr std::size_t in_group = layout.group / kQ8Block;
  constexpr std::size_t share = layout.group_bytes() / in_group;  // of a block in its group
  const std::size_t blocks = on.k / kQ8Block,
                    panel_bytes = packed_int8_size(type, kPanelRows, on.k);
  const std::uint8_t* group[panels];
  const Q8Block* x[rows];
  RowValues sum[rows][panels];
#pragma GCC unroll 2
  for (std::size_t p = 0; p < panels; ++p) group[p] = packed + p * panel_bytes;
#pragma GCC unroll 8
  for (std::size_t i = 0; i < rows; ++i) {
    x[i] = on.x + i * blocks;
#pragma GCC unroll 2
    for (std::size_t p = 0; p < panels; ++p) sum[i][p] = every_row(0);
  }
  for (std::size_t block = 0; block < blocks;) {
#pragma GCC unroll 1
    for (std::size_t b = 0; b < in_group; ++b, ++block) {
#pragma GCC unroll 2
      for (std::size_t p = 0; p < panels; ++p)
        call_ahead<fetch, rows>(group[p] + b * share, share, panel_bytes);
      add_block<type>(group, b, x, sum);
#pragma GCC unroll 8
      for (std::size_t i = 0; i < rows; ++i) ++x[i];
    }
#pragma GCC unroll 2
    for (std::size_t p = 0; p < panels; ++p) group[p] += layout.group_bytes();
  }
#pragma GCC unroll 8
  for (std::size_t i = 0; i < rows; ++i) {
#pragma GCC unroll 2
    for (std::size_t p = 0; p < panels; ++p) {
#pragma GCC unroll 2
      for (std::size_t v = 0; v < kPanelVecs; ++v) {
        const std::size_t column = p * kPanelRows + v * kLanes;
        float* const to = on.y + i * on.ldy + column;
        if (column + kLanes <= cols) {
          store(to, sum[i][p].v[v]);
        } else if (column < cols) {
          store(to, sum[i][p].v[v], cols - column);
        }
      }
    }
  }
}

// Rows [from, m) in tiles of `rows`; where the rest begins. The first tile calls weights ahead.
template <PanelType type, std::size_t rows, std::size_t panels>
std::size_t int8_tiles(std::size_t from, std::size_t m, const Int8Product& all,
                       const std::uint8_t* packed, std::size_t cols) {
  if (from == 0 && m >= rows) {
    int8_tile<type, rows, panels, Fetch::kAhead>(all, packed, cols);
    from = rows;
  }
  for (; m - from >= rows; from += rows)
    int8_tile<type, rows, panels, Fetch::kNone>(from_row(all, from), packed, cols);
  return from;
}

template <PanelType type, std::size_t panels>
void int8_rows(std::size_t m, const Int8Product& all, const std::uint8_t* packed,
               std::size_t cols) {
  std::size_t done = 0;
  if constexpr (panels > 1) done = int8_tiles<type, kPairRows, panels>(done, m, all, packed, cols);
  if constexpr (kInt8TileRows >= 4) done = int8_tiles<type, 4, panels>(done, m, all, packed, cols);
  done = int8_tiles<type, 2, panels>(done, m, all, packed, cols);
  int8_tiles<type, 1, panels>(done, m, all, packed, cols);
}

// Few rows wait for the weights: one tile for them all, or two of nearly equal height. Weights of
// fewer bits are multiplied no faster, so two tiles do not wait for them.
constexpr std::size_t kOneTile = 8;
template <PanelType type>
constexpr std::size_t kFewRows = type == kPanelQ8_0 ? 2 * kOneTile : kOneTile;
template <PanelType type, std::size_t rows = kFewRows<type>>  // m <= rows
void int8_few_rows(std::size_t m, std::size_t n, const Int8Product& all,
                   const std::uint8_t* packed) {
  if constexpr (rows > 1) {
    if (m < rows) return int8_few_rows<type, rows - 1>(m, n, all, packed);
  }
  const std::size_t panel_bytes = packed_int8_size(type, kPanelRows, all.k);
  Int8Product on = all;
  for (std::size_t j = 0; j < n; j += kPanelRows, packed += panel_bytes, on.y += kPanelRows) {
    if constexpr (rows <= kOneTile) {
      int8_tile<type, rows, 1, Fetch::kAhead>(on, packed, n - j);
    } else {
      constexpr std::size_t second = rows / 2, first = rows - second;
      int8_tile<type, first, 1, Fetch::kEvenLines>(on, packed, n - j);
      int8_tile<type, second, 1, Fetch::kOddLines>(from_row(on, first), packed, n - j);
    }
  }
}

template <PanelType type>
void gemm_int8(std::size_t m, std::size_t n, std::size_t k, const Q8Block* x,
               const std::uint8_t* packed, float* y, std::size_t ldy) {
  const std::size_t panel_bytes = packed_int8_size(type, kPanelRows, k);
  const auto from_column = [&](std::size_t j) { return Int8Product{k, x, y + j, ldy}; };
  std::size_t j = 0;
  if constexpr (kInt8TileRows >= 4) {
    if (m <= kFewRows<type>) return int8_few_rows<type>(m, n, from_column(0), packed);
    for (; j + kPanelRows < n; j += 2 * kPanelRows, packed += 2 * panel_bytes)
      int8_rows<type, 2>(m, from_column(j), packed, n - j);
  }
  for (; j < n; j += kPanelRows, packed += panel_bytes)
    int8_rows<type, 1>(m, from_column(j), packed, n - j);
}
