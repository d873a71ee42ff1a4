// Matrix kernels in the words of vector_*.h: gemm, pack, dot_rows, weighted_sum,
// to_f16. Included inside
// the anonymous namespace of each vector file, after its vocabulary.

// Depth of the slab of k that gemm works through at a time: kGemmRows rows of `a` and one panel of
// b that deep (32 KiB) share the first-level cache.
constexpr std::size_t kDepth = 256;
// Rows of the copy of `a` lie an odd number of cache lines apart. Where they lie in memory they are
// often 4096 bytes apart, which is one and the same cache set.
constexpr std::size_t kCopyStride = kDepth + 16;

constexpr std::size_t kTileCols = 2 * kLanes;
static_assert(kPanel % kTileCols == 0);

// c (rows, cols <= kTileCols) = [c +] a b [+ bias], sums held in registers.
template <std::size_t rows>
void gemm_tile(std::size_t k, const float* a, const float* b, float* c, std::size_t ldc,
               std::size_t cols, const float* bias, Start start) {
  Vec sum[rows][2];
  const bool whole = cols == kTileCols;
  const std::size_t n0 = cols < kLanes ? cols : kLanes, n1 = cols - n0;
  const bool exists = start == Start::kExists;
#pragma GCC unroll 14
  for (std::size_t i = 0; i < rows; ++i) {
    if (!exists) {
      sum[i][0] = sum[i][1] = zero();
    } else if (whole) {
      sum[i][0] = load(c + i * ldc);
      sum[i][1] = load(c + i * ldc + kLanes);
    } else {
      sum[i][0] = n0 == kLanes ? load(c + i * ldc) : load(c + i * ldc, n0);
      sum[i][1] = load(c + i * ldc + n0, n1);
    }
  }
  for (std::size_t l = 0; l < k; ++l) {
    const Vec b0 = load(b + l * kPanel), b1 = load(b + l * kPanel + kLanes);
#pragma GCC unroll 14
    for (std::size_t i = 0; i < rows; ++i) {
      const Vec x = splat(a[i * kCopyStride + l]);
      sum[i][0] = fma(x, b0, sum[i][0]);
      sum[i][1] = fma(x, b1, sum[i][1]);
    }
  }
  if (bias) {
    const Vec bias0 = n0 == kLanes ? load(bias) : load(bias, n0);
    const Vec bias1 = whole ? load(bias + kLanes) : load(bias + n0, n1);
#pragma GCC unroll 14
    for (std::size_t i = 0; i < rows; ++i) {
      sum[i][0] = add(sum[i][0], bias0);
      sum[i][1] = add(sum[i][1], bias1);
    }
  }
#pragma GCC unroll 14
  for (std::size_t i = 0; i < rows; ++i) {
    if (whole) {
      store(c + i * ldc, sum[i][0]);
      store(c + i * ldc + kLanes, sum[i][1]);
    } else {
      n0 == kLanes ? store(c + i * ldc, sum[i][0]) : store(c + i * ldc, sum[i][0], n0);
      store(c + i * ldc + n0, sum[i][1], n1);
    }
  }
}

using GemmTile = void (*)(std::size_t, const float*, const float*, float*, std::size_t, std::size_t,
                          const float*, Start);
template <std::size_t... rows>
struct TileTable {
  static constexpr GemmTile of[] = {nullptr, gemm_tile<rows>...};
};
template <std::size_t rows, std::size_t... more>
struct MakeTiles : MakeTiles<rows - 1, rows, more...> {};
template <std::size_t... all>
struct MakeTiles<0, all...> : TileTable<all...> {};

// GCC turns __builtin_memcpy into a string instruction here, which is three times slower.
inline void copy_values(const float* from, std::size_t n, float* to) {
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store(to + i, load(from + i));
  if (i < n) store(to + i, load(from + i, n - i), n - i);
}

// Calls n values into the second-level cache.
inline void fetch(const float* p, std::size_t n) {
  for (std::size_t i = 0; i < n; i += 16) __builtin_prefetch(p + i, 0, 2);
}

void gemm(std::size_t m, std::size_t n, std::size_t k, const float* a, std::size_t lda,
          const float* packed, float* c, std::size_t ldc, const float* bias, Start start) {
  alignas(64) float copy[kGemmRows * kCopyStride];
  const std::size_t blocks = (m + kGemmRows - 1) / kGemmRows;
  std::size_t from = 0;
  do {  // once even for k = 0, which still writes the bias
    const std::size_t depth = k - from < kDepth ? k - from : kDepth;
    const float* const last_bias = from + depth == k ? bias : nullptr;
    for (std::size_t block = 0; block < blocks; ++block) {
      // Blocks of nearly equal height: 30 rows are 10, 10, 10 and not 14, 14, 2.
      const std::size_t row = block * m / blocks, rows = (block + 1) * m / blocks - row;
      for (std::size_t i = 0; i < rows; ++i) {
        copy_values(a + (row + i) * lda + from, depth, copy + i * kCopyStride);
      }
      // The next block's rows come from far away in pieces too short for the machine to foresee.
      const std::size_t next = (block + 2) * m / blocks - row - rows;
      const float* const next_rows = a + (row + rows) * lda + from;
      std::size_t fetched = 0;
      for (std::size_t j = 0; j < n; j += kTileCols) {
        const std::size_t cols = n - j < kTileCols ? n - j : kTileCols;
        const std::size_t due = block + 1 == blocks ? 0 : next * (j + cols) / n;
        for (; fetched < due; ++fetched) fetch(next_rows + fetched * lda, depth);
        const float* const b = packed + j / kPanel * kPanel * k + from * kPanel + j % kPanel;
        MakeTiles<kGemmRows>::of[rows](depth, copy, b, c + row * ldc + j, ldc, cols,
                                       last_bias ? last_bias + j : nullptr, start);
      }
    }
    start = Start::kExists;
    from += depth;
  } while (from < k);
}

template <WeightType type>
void pack(const void* w, std::size_t stride_bytes, std::size_t n, std::size_t k, float* packed) {
  for (std::size_t j = 0; j < n;
       j += kLanes) {  // kLanes rows of w become kLanes columns of a panel
    float* const panel = packed + j / kPanel * kPanel * k + j % kPanel;
    const char* const base = static_cast<const char*>(w) + j * stride_bytes;
    const std::size_t rows = n - j < kLanes ? n - j : kLanes;
    for (std::size_t l = 0; l < k; l += kLanes) {
      const std::size_t depth = k - l < kLanes ? k - l : kLanes;
      Vec v[kLanes];
      for (std::size_t i = 0; i < kLanes; ++i) {
        const char* const at = base + i * stride_bytes + l * kWeightBytes[type];
        v[i] = i >= rows         ? zero()
               : depth == kLanes ? load_weights<type>(at)
                                 : load_weights<type>(at, depth);
      }
      transpose(v);
      for (std::size_t i = 0; i < depth; ++i) store(panel + (l + i) * kPanel, v[i]);
    }
  }
  // The columns that no row of w reached.
  const std::size_t begin = (n + kLanes - 1) / kLanes * kLanes,
                    end = (n + kPanel - 1) / kPanel * kPanel;
  for (std::size_t j = begin; j < end; j += kLanes) {
    float* const panel = packed + j / kPanel * kPanel * k + j % kPanel;
    for (std::size_t l = 0; l < k; ++l) store(panel + l * kPanel, zero());
  }
}

// y (rows, cols) = x w^T. Each sum runs over lanes of k, kLanes apart, then over the lanes; neither
// depends on the tile. With `fetch`, the weights that lie behind these, as many bytes, are called
// into the cache meanwhile: rows are too short for the machine to see that they follow each other.
template <WeightType type, std::size_t rows, std::size_t cols, bool fetch>
inline void dot_tile(std::size_t k, const float* x, std::size_t ldx, const char* w,
                     std::size_t stride_bytes, float* y, std::size_t ldy) {
  Vec sum[rows][cols];
#pragma GCC unroll 4
  for (std::size_t i = 0; i < rows; ++i) {
#pragma GCC unroll 6
    for (std::size_t j = 0; j < cols; ++j) sum[i][j] = zero();
  }
  std::size_t l = 0;
  for (; l + kLanes <= k; l += kLanes) {
    if constexpr (fetch) {
      const char* const next = w + cols * (stride_bytes + l * kWeightBytes[type]);
#pragma GCC unroll 6
      for (std::size_t at = 0; at < cols * kLanes * kWeightBytes[type]; at += 64)
        __builtin_prefetch(next + at, 0, 2);
    }
    Vec xs[rows];
#pragma GCC unroll 4
    for (std::size_t i = 0; i < rows; ++i) xs[i] = load(x + i * ldx + l);
#pragma GCC unroll 6
    for (std::size_t j = 0; j < cols; ++j) {
      const Vec weights = load_weights<type>(w + j * stride_bytes + l * kWeightBytes[type]);
#pragma GCC unroll 4
      for (std::size_t i = 0; i < rows; ++i) sum[i][j] = fma(xs[i], weights, sum[i][j]);
    }
  }
  if (l < k) {
#pragma GCC unroll 6
    for (std::size_t j = 0; j < cols; ++j) {
      const Vec weights = load_weights<type>(w + j * stride_bytes + l * kWeightBytes[type], k - l);
#pragma GCC unroll 4
      for (std::size_t i = 0; i < rows; ++i) {
        sum[i][j] = fma(load(x + i * ldx + l, k - l), weights, sum[i][j]);
      }
    }
  }
#pragma GCC unroll 4
  for (std::size_t i = 0; i < rows; ++i) {
#pragma GCC unroll 6
    for (std::size_t j = 0; j < cols; ++j) y[i * ldy + j] = sum_of(sum[i][j]);
  }
}

template <WeightType type, std::size_t cols, bool fetch>
void dot_rest(std::size_t m, std::size_t k, const float* x, std::size_t ldx, const char* w,
              std::size_t stride_bytes, float* y, std::size_t ldy) {
  switch (m) {
    case 3:
      return dot_tile<type, 3, cols, fetch>(k, x, ldx, w, stride_bytes, y, ldy);
    case 2:
      return dot_tile<type, 2, cols, fetch>(k, x, ldx, w, stride_bytes, y, ldy);
    case 1:
      return dot_tile<type, 1, cols, fetch>(k, x, ldx, w, stride_bytes, y, ldy);
    default:
      return;
  }
}

// All rows of x against kDotCols (or 1) rows of w, which stay in the first-level cache meanwhile.
template <WeightType type, std::size_t cols>
void dot_strip(std::size_t m, std::size_t k, const float* x, std::size_t ldx, const char* w,
               std::size_t stride_bytes, float* y, std::size_t ldy) {
  if (m < kDotRows) return dot_rest<type, cols, true>(m, k, x, ldx, w, stride_bytes, y, ldy);
  dot_tile<type, kDotRows, cols, true>(k, x, ldx, w, stride_bytes, y, ldy);
  std::size_t i = kDotRows;
  for (; i + kDotRows <= m; i += kDotRows) {
    dot_tile<type, kDotRows, cols, false>(k, x + i * ldx, ldx, w, stride_bytes, y + i * ldy, ldy);
  }
  dot_rest<type, cols, false>(m - i, k, x + i * ldx, ldx, w, stride_bytes, y + i * ldy, ldy);
}

template <WeightType type>
void dot_rows(std::size_t m, std::size_t n, std::size_t k, const float* x, std::size_t ldx,
              const void* w, std::size_t stride_bytes, float* y, std::size_t ldy) {
  const char* const rows = static_cast<const char*>(w);
  std::size_t j = 0;
  for (; j + kDotCols <= n; j += kDotCols) {
    dot_strip<type, kDotCols>(m, k, x, ldx, rows + j * stride_bytes, stride_bytes, y + j, ldy);
  }
  for (; j < n; ++j)
    dot_strip<type, 1>(m, k, x, ldx, rows + j * stride_bytes, stride_bytes, y + j, ldy);
}

template <WeightType type>
void weighted_sum(std::size_t n, std::size_t d, const float* p, const void* v,
                  std::size_t stride_bytes, float* out) {
  constexpr std::size_t kVecs = 8;  // columns of 128 values, a head's, in one go
  const char* const rows = static_cast<const char*>(v);
  std::size_t j = 0;
  for (; j + kVecs * kLanes <= d; j += kVecs * kLanes) {
    Vec sum[kVecs];
#pragma GCC unroll 8
    for (std::size_t c = 0; c < kVecs; ++c) sum[c] = zero();
    for (std::size_t i = 0; i < n; ++i) {
      const Vec scale = splat(p[i]);
      const char* const at = rows + i * stride_bytes + j * kWeightBytes[type];
#pragma GCC unroll 8
      for (std::size_t c = 0; c < kVecs; ++c) {
        const Vec values = load_weights<type>(at + c * kLanes * kWeightBytes[type]);
        sum[c] = fma(scale, values, sum[c]);
      }
    }
#pragma GCC unroll 8
    for (std::size_t c = 0; c < kVecs; ++c) store(out + j + c * kLanes, sum[c]);
  }
  for (; j < d; j += kLanes) {
    const std::size_t lanes = d - j < kLanes ? d - j : kLanes;
    Vec sum = zero();
    for (std::size_t i = 0; i < n; ++i) {
      const char* const at = rows + i * stride_bytes + j * kWeightBytes[type];
      const Vec values = lanes == kLanes ? load_weights<type>(at) : load_weights<type>(at, lanes);
      sum = fma(splat(p[i]), values, sum);
    }
    lanes == kLanes ? store(out + j, sum) : store(out + j, sum, lanes);
  }
}

void to_f16(const float* x, std::size_t n, std::uint16_t* y) {
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store_f16(y + i, load(x + i));
  if (i == n) return;
  std::uint16_t rest[kLanes];
  store_f16(rest, load(x + i, n - i));
  for (std::size_t j = 0; i < n; ++i, ++j) y[i] = rest[j];
}
