// Matrix kernels in the words of vector_*.h: gemm, pack, from_q8, dot_rows, weighted_sum, to_f16.
// Included inside the anonymous namespace of each vector file, after its vocabulary.

constexpr std::size_t kTileCols = 2 * kLanes;
static_assert(kPanel % kTileCols == 0);

// Where a tile's sums come from and go to: c (rows, cols <= kTileCols).
struct TilePlace {
  float* c;
  std::size_t ldc, cols;
  const float* bias;  // or null
  Start start;
};

template <std::size_t rows>
inline void begin_sums(const TilePlace& at, Vec (&sum)[rows][2]) {
  const std::size_t n0 = at.cols < kLanes ? at.cols : kLanes, n1 = at.cols - n0;
#pragma GCC unroll 14
  for (std::size_t i = 0; i < rows; ++i) {
    const float* const from = at.c + i * at.ldc;
    if (at.start == Start::kZero) {
      sum[i][0] = sum[i][1] = zero();
    } else if (at.cols == kTileCols) {
      sum[i][0] = load(from);
      sum[i][1] = load(from + kLanes);
    } else {
      sum[i][0] = n0 == kLanes ? load(from) : load(from, n0);
      sum[i][1] = load(from + n0, n1);
    }
  }
}

template <std::size_t rows>
inline void end_sums(const TilePlace& at, const Vec (&sum)[rows][2]) {
  const std::size_t n0 = at.cols < kLanes ? at.cols : kLanes, n1 = at.cols - n0;
  const bool whole = at.cols == kTileCols;
  Vec bias0 = zero(), bias1 = zero();
  if (at.bias) {
    bias0 = n0 == kLanes ? load(at.bias) : load(at.bias, n0);
    bias1 = whole ? load(at.bias + kLanes) : load(at.bias + n0, n1);
  }
#pragma GCC unroll 14
  for (std::size_t i = 0; i < rows; ++i) {
    float* const to = at.c + i * at.ldc;
    const Vec sum0 = at.bias ? add(sum[i][0], bias0) : sum[i][0];
    const Vec sum1 = at.bias ? add(sum[i][1], bias1) : sum[i][1];
    if (whole) {
      store(to, sum0);
      store(to + kLanes, sum1);
    } else {
      n0 == kLanes ? store(to, sum0) : store(to, sum0, n0);
      store(to + n0, sum1, n1);
    }
  }
}

// c = [c +] x b [+ bias], sums held in registers; x are prepared rows, b one panel, both `depth`
// words deep.
struct FloatTile {
  template <std::size_t rows>
  static void run(std::size_t depth, const float* x, const float* b, const TilePlace& at) {
    Vec sum[rows][2];
    begin_sums(at, sum);
    for (std::size_t l = 0; l < depth; ++l) {
      const Vec b0 = load(b + l * kPanel), b1 = load(b + l * kPanel + kLanes);
#pragma GCC unroll 14
      for (std::size_t i = 0; i < rows; ++i) {
        const Vec value = splat(x[i * kPreparedRow + l]);
        sum[i][0] = fma(value, b0, sum[i][0]);
        sum[i][1] = fma(value, b1, sum[i][1]);
      }
    }
    end_sums(at, sum);
  }
};

// A tile's functions for 1 to kGemmRows rows.
template <typename Tile, typename Word, std::size_t... rows>
struct TileTable {
  static constexpr void (*of[])(std::size_t, const Word*, const Word*, const TilePlace&) = {
      nullptr, &Tile::template run<rows>...};
};
template <typename Tile, typename Word, std::size_t rows, std::size_t... more>
struct MakeTiles : MakeTiles<Tile, Word, rows - 1, rows, more...> {};
template <typename Tile, typename Word, std::size_t... all>
struct MakeTiles<Tile, Word, 0, all...> : TileTable<Tile, Word, all...> {};

// c (m, n) = [c +] prepared packed [+ bias], both `words` words deep. A panel is panel_words long,
// a slab of it slab_words.
template <typename Tile, typename Word>
void multiply(std::size_t m, std::size_t n, std::size_t words, const Word* prepared,
              const Word* packed, std::size_t panel_words, std::size_t slab_words, float* c,
              std::size_t ldc, const float* bias, Start start) {
  const std::size_t blocks = (m + kGemmRows - 1) / kGemmRows;
  std::size_t from = 0;
  do {  // once even for no words at all, which still writes the bias
    const std::size_t depth = words - from < kSlabWords ? words - from : kSlabWords;
    const bool last = from + depth == words;
    for (std::size_t block = 0; block < blocks; ++block) {
      // Blocks of nearly equal height: 30 rows are 10, 10, 10 and not 14, 14, 2.
      const std::size_t row = block * m / blocks, rows = (block + 1) * m / blocks - row;
      for (std::size_t j = 0; j < n; j += kTileCols) {
        const TilePlace at = {c + row * ldc + j, ldc, n - j < kTileCols ? n - j : kTileCols,
                              last && bias ? bias + j : nullptr, start};
        MakeTiles<Tile, Word, kGemmRows>::of[rows](depth, prepared + row * kPreparedRow,
                                                   packed + j / kPanel * panel_words + j % kPanel,
                                                   at);
      }
    }
    start = Start::kExists;
    from += depth;
    prepared += m * kPreparedRow;
    packed += slab_words;
  } while (from < words);
}

void gemm(std::size_t m, std::size_t n, std::size_t k, const float* prepared, const float* packed,
          float* c, std::size_t ldc, const float* bias, Start start) {
  multiply<FloatTile>(m, n, k, prepared, packed, k * kPanel, kSlabWords * kPanel, c, ldc, bias,
                      start);
}

// GCC turns __builtin_memcpy into a string instruction here, which is three times slower.
inline void copy_values(const float* from, std::size_t n, float* to) {
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store(to + i, load(from + i));
  if (i < n) store(to + i, load(from + i, n - i), n - i);
}

void prepare(std::size_t m, std::size_t k, const float* a, std::size_t lda, float* prepared) {
  for (std::size_t from = 0; from < k; from += kSlabWords) {
    const std::size_t depth = k - from < kSlabWords ? k - from : kSlabWords;
    float* const slab = prepared + from / kSlabWords * m * kPreparedRow;
    for (std::size_t i = 0; i < m; ++i)
      copy_values(a + i * lda + from, depth, slab + i * kPreparedRow);
  }
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

// What dot_rows() and weighted_sum() take of a row at a time: a register, or a block with its
// scale.
template <WeightType type>
constexpr std::size_t kStep = type == kRowQ8_0 ? kQ8Block : kLanes;
template <WeightType type>
constexpr std::size_t kStepBytes =
    type == kRowQ8_0 ? kPanelLayouts[kPanelQ8_0].file_bytes : kWeightBytes[type] * kLanes;
template <WeightType type>
struct Step {
  Vec v[kStep<type> / kLanes];
};
template <WeightType type>
inline Step<type> load_step(const char* p) {
  Step<type> step;
  if constexpr (type == kRowQ8_0) {
    const auto* const block = reinterpret_cast<const std::uint8_t*>(p);
    const Vec scale = splat_half(block);
#pragma GCC unroll 4
    for (std::size_t c = 0; c < kStep<type> / kLanes; ++c)
      step.v[c] = mul(floats_of<std::int8_t>(block + 2 + c * kLanes), scale);
  } else {
    step.v[0] = load_weights<type>(p);
  }
  return step;
}
template <WeightType type>
inline const char* step_at(const char* row, std::size_t l) {
  return row + l / kStep<type> * kStepBytes<type>;
}

void from_q8(const void* blocks, std::size_t n, float* y) {
  for (std::size_t i = 0; i < n; i += kQ8Block) {
    const Step<kRowQ8_0> step =
        load_step<kRowQ8_0>(step_at<kRowQ8_0>(static_cast<const char*>(blocks), i));
#pragma GCC unroll 4
    for (std::size_t c = 0; c < kQ8Block / kLanes; ++c) store(y + i + c * kLanes, step.v[c]);
  }
}

// y (rows, cols) = x w^T. Each sum runs over lanes of k, kLanes apart, then over the lanes; neither
// depends on the tile. With `fetch`, the weights that lie `ahead` of these, as many bytes, are
// called into the cache meanwhile: rows are too short for the machine to see that they follow each
// other.
template <WeightType type, std::size_t rows, std::size_t cols, bool fetch>
inline void dot_tile(std::size_t k, const float* x, std::size_t ldx, const char* w,
                     std::size_t stride_bytes, std::size_t ahead, float* y, std::size_t ldy) {
  constexpr std::size_t vecs = kStep<type> / kLanes;
  Vec sum[rows][cols];
#pragma GCC unroll 4
  for (std::size_t i = 0; i < rows; ++i) {
#pragma GCC unroll 6
    for (std::size_t j = 0; j < cols; ++j) sum[i][j] = zero();
  }
  std::size_t l = 0;
  for (; l + kStep<type> <= k; l += kStep<type>) {
    if constexpr (fetch) {
      const char* const later = w + ahead + cols * (step_at<type>(w, l) - w);
#pragma GCC unroll 6
      for (std::size_t at = 0; at < cols * kStepBytes<type>; at += 64)
        __builtin_prefetch(later + at, 0, 2);
    }
    Vec xs[rows][vecs];
#pragma GCC unroll 4
    for (std::size_t i = 0; i < rows; ++i) {
#pragma GCC unroll 4
      for (std::size_t c = 0; c < vecs; ++c) xs[i][c] = load(x + i * ldx + l + c * kLanes);
    }
#pragma GCC unroll 6
    for (std::size_t j = 0; j < cols; ++j) {
      const Step<type> step = load_step<type>(step_at<type>(w + j * stride_bytes, l));
#pragma GCC unroll 4
      for (std::size_t i = 0; i < rows; ++i) {
#pragma GCC unroll 4
        for (std::size_t c = 0; c < vecs; ++c) sum[i][j] = fma(xs[i][c], step.v[c], sum[i][j]);
      }
    }
  }
  if constexpr (type != kRowQ8_0) {
    if (l < k) {
#pragma GCC unroll 6
      for (std::size_t j = 0; j < cols; ++j) {
        const Vec weights = load_weights<type>(step_at<type>(w + j * stride_bytes, l), k - l);
#pragma GCC unroll 4
        for (std::size_t i = 0; i < rows; ++i)
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

// The same for one row of x, to the bit: a row of w after the other, as they lie in memory.
template <WeightType type, std::size_t cols, bool fetch>
inline void dot_line(std::size_t k, const float* x, const char* w, std::size_t stride_bytes,
                     std::size_t ahead, float* y) {
  constexpr std::size_t vecs = kStep<type> / kLanes;
  Vec sum[cols];
#pragma GCC unroll 6
  for (std::size_t j = 0; j < cols; ++j, w += stride_bytes) {
    for (std::size_t at = 0; fetch && at < stride_bytes; at += 64)
      __builtin_prefetch(w + ahead + at, 0, 2);
    sum[j] = zero();
    std::size_t l = 0;
#pragma GCC unroll 4
    for (; l + kStep<type> <= k; l += kStep<type>) {
      const Step<type> step = load_step<type>(step_at<type>(w, l));
#pragma GCC unroll 4
      for (std::size_t c = 0; c < vecs; ++c)
        sum[j] = fma(load(x + l + c * kLanes), step.v[c], sum[j]);
    }
    if constexpr (type != kRowQ8_0) {
      if (l < k)
        sum[j] = fma(load(x + l, k - l), load_weights<type>(step_at<type>(w, l), k - l), sum[j]);
    }
  }
#pragma GCC unroll 6
  for (std::size_t j = 0; j < cols; ++j) y[j] = sum_of(sum[j]);
}

template <WeightType type, std::size_t cols, bool fetch>
void dot_rest(std::size_t m, std::size_t k, const float* x, std::size_t ldx, const char* w,
              std::size_t stride_bytes, std::size_t ahead, float* y, std::size_t ldy) {
  switch (m) {
    case 3:
      return dot_tile<type, 3, cols, fetch>(k, x, ldx, w, stride_bytes, ahead, y, ldy);
    case 2:
      return dot_tile<type, 2, cols, fetch>(k, x, ldx, w, stride_bytes, ahead, y, ldy);
    case 1:
      return dot_line<type, cols, fetch>(k, x, w, stride_bytes, ahead, y);
    default:
      return;
  }
}

// All rows of x against kDotCols (or 1) rows of w, which stay in the first-level cache meanwhile.
template <WeightType type, std::size_t cols>
void dot_strip(std::size_t m, std::size_t k, const float* x, std::size_t ldx, const char* w,
               std::size_t stride_bytes, float* y, std::size_t ldy) {
  const std::size_t bytes = cols * stride_bytes, ahead = (kBytesAhead + bytes - 1) / bytes * bytes;
  if (m < kDotRows) return dot_rest<type, cols, true>(m, k, x, ldx, w, stride_bytes, ahead, y, ldy);
  dot_tile<type, kDotRows, cols, true>(k, x, ldx, w, stride_bytes, ahead, y, ldy);
  std::size_t i = kDotRows;
  for (; i + kDotRows <= m; i += kDotRows) {
    dot_tile<type, kDotRows, cols, false>(k, x + i * ldx, ldx, w, stride_bytes, ahead, y + i * ldy,
                                          ldy);
  }
  dot_rest<type, cols, false>(m - i, k, x + i * ldx, ldx, w, stride_bytes, ahead, y + i * ldy, ldy);
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

// out (steps of one row) = [out +] the sum of p[i] v_i; rows that lie ahead are called into the
// cache.
template <WeightType type, std::size_t steps>
inline void sum_steps(std::size_t n, const float* p, const char* v, std::size_t stride_bytes,
                      float* out, Start start) {
  constexpr std::size_t vecs = kStep<type> / kLanes;
  Vec sum[steps * vecs];
#pragma GCC unroll 16
  for (std::size_t c = 0; c < steps * vecs; ++c)
    sum[c] = start == Start::kZero ? zero() : load(out + c * kLanes);
  const std::size_t ahead = (kBytesAhead + stride_bytes - 1) / stride_bytes * stride_bytes;
  for (std::size_t i = 0; i < n; ++i, v += stride_bytes) {
    const Vec scale = splat(p[i]);
#pragma GCC unroll 16
    for (std::size_t at = 0; at < steps * kStepBytes<type>; at += 64)
      __builtin_prefetch(v + ahead + at, 0, 2);
#pragma GCC unroll 16
    for (std::size_t s = 0; s < steps; ++s) {
      const Step<type> step = load_step<type>(v + s * kStepBytes<type>);
#pragma GCC unroll 4
      for (std::size_t c = 0; c < vecs; ++c)
        sum[s * vecs + c] = fma(scale, step.v[c], sum[s * vecs + c]);
    }
  }
#pragma GCC unroll 16
  for (std::size_t c = 0; c < steps * vecs; ++c) store(out + c * kLanes, sum[c]);
}

template <WeightType type>
void weighted_sum(std::size_t n, std::size_t d, const float* p, const void* v,
                  std::size_t stride_bytes, float* out, Start start) {
  // Columns of 128 values, a head's, in one go; half of that where registers are short.
  constexpr std::size_t kColumns = 8 * kLanes, kSteps = kColumns / kStep<type>;
  const char* const rows = static_cast<const char*>(v);
  std::size_t j = 0;
  for (; j + kColumns <= d; j += kColumns)
    sum_steps<type, kSteps>(n, p, step_at<type>(rows, j), stride_bytes, out + j, start);
  for (; j + kStep<type> <= d; j += kStep<type>)
    sum_steps<type, 1>(n, p, step_at<type>(rows, j), stride_bytes, out + j, start);
  if constexpr (type != kRowQ8_0) {
    if (j == d) return;
    Vec sum = start == Start::kZero ? zero() : load(out + j, d - j);
    for (std::size_t i = 0; i < n; ++i) {
      const char* const at = step_at<type>(rows + i * stride_bytes, j);
      sum = fma(splat(p[i]), load_weights<type>(at, d - j), sum);
    }
    store(out + j, sum, d - j);
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
