// Products in block floating point (int16.h). Included inside the anonymous namespace of each
// vector file, after vector_matrix.h.

constexpr std::size_t kInt16Vecs = kInt16Block / kLanes;

double busy_int16(std::size_t rounds, float* sink) {
  const Pairs a = splat_pair(0x00030003), b = splat_pair(0x00050005);
  return keep_busy(rounds, sink, 4 * kLanes, [=](Vec sum) {
    return reinterpret_cast<Vec>(add_pair_products(reinterpret_cast<PairSums>(sum), a, b));
  });
}

// A block's scale, and what its values are multiplied by to become integers.
struct Int16Scale {
  float scale, inverse;
};

// The least scale with which the values of a block are within kInt16Norm and kInt16Most.
inline float least_scale(const Vec (&v)[kInt16Vecs]) {
  constexpr std::size_t kSums = kInt16Sums / kLanes;
  Vec squares[kSums], largest = zero();
#pragma GCC unroll 2
  for (std::size_t i = 0; i < kSums; ++i) squares[i] = zero();
#pragma GCC unroll 16
  for (std::size_t i = 0; i < kInt16Vecs; ++i) {
    squares[i % kSums] = fma(v[i], v[i], squares[i % kSums]);
    largest = max(largest, abs(v[i]));
  }
  if constexpr (kSums == 2) squares[0] = add(squares[0], squares[1]);
  const float norm = __builtin_sqrtf(sum_of(squares[0]));
  const float by_norm = norm / kInt16Norm, by_peak = max_of(largest) / kInt16Most;
  if (norm < kInt16Least) return 0;
  return by_peak > by_norm ? by_peak : by_norm;  // the norm's where either is NaN
}
inline bool is_finite(float x) { return x - x == 0; }

inline Int16Scale scale_of(float scale) {
  return {scale, is_finite(scale) && scale > 0 ? 1 / scale : 0};
}
// The next power of two; what is none, 0 or not finite, stays.
inline float power_of_2(float x) {
  if (!is_finite(x)) return x;
  std::uint32_t bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  bits = (bits + 0x7fffff) & 0x7f800000;
  __builtin_memcpy(&x, &bits, sizeof x);
  return x;
}

// n <= kInt16Block values as integers, zeros behind them; gives their scale.
inline float quantise_block(const float* from, std::size_t n, std::uint32_t* to) {
  Vec v[kInt16Vecs];
#pragma GCC unroll 16
  for (std::size_t i = 0; i < kInt16Vecs; ++i) {
    const std::size_t at = i * kLanes;
    v[i] = at + kLanes <= n ? load(from + at) : at < n ? load(from + at, n - at) : zero();
  }
  const Int16Scale scale = scale_of(least_scale(v));
  auto* const shorts = reinterpret_cast<std::int16_t*>(to);
#pragma GCC unroll 16
  for (std::size_t i = 0; i < kInt16Vecs; ++i)
    store_shorts(shorts + i * kLanes, mul(v[i], splat(scale.inverse)));
  return scale.scale;
}

// sums (rows, kTileCols) += one block: x (rows; kPreparedRow apart) times b. A function of its own,
// or GCC keeps the integers in memory.
template <std::size_t rows>
[[gnu::noinline]] void add_block(std::size_t pairs, const std::uint32_t* x,
                                 const std::uint32_t* scales, const std::uint32_t* b,
                                 Vec (&sums)[rows][2]) {
  PairSums dots[rows][2];
#pragma GCC unroll 14
  for (std::size_t i = 0; i < rows; ++i) dots[i][0] = dots[i][1] = no_sums();
  const std::uint32_t* const columns = b;
  b += kPanel;
  for (std::size_t l = 0; l < pairs; ++l) {
    const Pairs b0 = load_pairs(b + l * kPanel), b1 = load_pairs(b + l * kPanel + kLanes);
#pragma GCC unroll 14
    for (std::size_t i = 0; i < rows; ++i) {
      const Pairs pair = splat_pair(x[i * kPreparedRow + l]);
      dots[i][0] = add_pair_products(dots[i][0], pair, b0);
      dots[i][1] = add_pair_products(dots[i][1], pair, b1);
    }
  }
  const Vec scale0 = as_floats(load_pairs(columns));
  const Vec scale1 = as_floats(load_pairs(columns + kLanes));
#pragma GCC unroll 14
  for (std::size_t i = 0; i < rows; ++i) {
    const Vec scale = as_floats(splat_pair(scales[i * kPreparedRow]));
    sums[i][0] = fma(mul(scale, scale0), floats_of_sums(dots[i][0]), sums[i][0]);
    sums[i][1] = fma(mul(scale, scale1), floats_of_sums(dots[i][1]), sums[i][1]);
  }
}

struct Int16Tile {
  template <std::size_t rows>
  static void run(std::size_t depth, const std::uint32_t* x, const std::uint32_t* b,
                  const TilePlace& at) {
    Vec sums[rows][2];  // in memory, while the registers hold integers
    begin_sums(at, sums);
    const std::uint32_t* scales = x + kSlabWords;
    for (std::size_t l = 0; l < depth; l += kInt16Pairs, b += kInt16BlockWords)
      add_block<rows>(depth - l < kInt16Pairs ? depth - l : kInt16Pairs, x + l, scales++, b, sums);
    end_sums(at, sums);
  }
};

void prepare_int16(std::size_t m, std::size_t k, const float* a, std::size_t lda,
                   std::uint32_t* prepared) {
  for (std::size_t from = 0; from < k; from += 2 * kSlabWords) {
    const std::size_t depth = k - from < 2 * kSlabWords ? k - from : 2 * kSlabWords;
    std::uint32_t* const slab = prepared + from / 2 / kSlabWords * m * kPreparedRow;
    for (std::size_t i = 0; i < m; ++i) {
      std::uint32_t* const row = slab + i * kPreparedRow;
      for (std::size_t at = 0; at < depth; at += kInt16Block) {
        const std::size_t values = depth - at < kInt16Block ? depth - at : kInt16Block;
        const float scale = quantise_block(a + i * lda + from + at, values, row + at / 2);
        __builtin_memcpy(row + kSlabWords + at / kInt16Block, &scale, sizeof scale);
      }
    }
  }
}

void gemm_int16(std::size_t m, std::size_t n, std::size_t k, const std::uint32_t* prepared,
                const std::uint32_t* packed, float* c, std::size_t ldc, const float* bias,
                Start start) {
  multiply<Int16Tile>(m, n, (k + 1) / 2, prepared, packed,
                      (k + kInt16Block - 1) / kInt16Block * kInt16BlockWords,
                      kSlabWords / kInt16Pairs * kInt16BlockWords, c, ldc, bias, start);
}

template <WeightType type>
void pack_int16(const void* w, std::size_t stride_bytes, std::size_t n, std::size_t k,
                std::uint32_t* packed) {
  const std::size_t blocks = (k + kInt16Block - 1) / kInt16Block;
  const std::size_t columns = (n + kPanel - 1) / kPanel * kPanel;
  for (std::size_t j = 0; j < columns; j += kLanes) {  // kLanes rows of w become columns of a panel
    std::uint32_t* out = packed + j / kPanel * blocks * kInt16BlockWords + j % kPanel;
    for (std::size_t block = 0; block < blocks; ++block, out += kInt16BlockWords) {
      const std::size_t at = block * kInt16Block;
      const std::size_t values = k - at < kInt16Block ? k - at : kInt16Block;
      alignas(64) std::int16_t shorts[kLanes][kInt16Block];
      alignas(64) float scales[kLanes];
      for (std::size_t i = 0; i < kLanes; ++i) {
        const char* const from = static_cast<const char*>(w) +
                                 (j + i < n ? (j + i) * stride_bytes : 0) + at * kWeightBytes[type];
        const std::size_t left = j + i < n ? values : 0;
        Vec v[kInt16Vecs];
        for (std::size_t c = 0; c < kInt16Vecs; ++c) {
          const std::size_t first = c * kLanes;
          const char* const p = from + first * kWeightBytes[type];
          v[c] = first + kLanes <= left ? load_weights<type>(p)
                 : first < left         ? load_weights<type>(p, left - first)
                                        : zero();
        }
        const Int16Scale scale = scale_of(power_of_2(least_scale(v)));
        scales[i] = scale.scale;
        for (std::size_t c = 0; c < kInt16Vecs; ++c)
          store_shorts(&shorts[i][c * kLanes], mul(v[c], splat(scale.inverse)));
      }
      store_pairs(out, load(scales));
      for (std::size_t l = 0; l < kInt16Pairs; l += kLanes) {
        Vec v[kLanes];  // a lane holds a pair
        for (std::size_t i = 0; i < kLanes; ++i)
          v[i] = load(reinterpret_cast<const float*>(&shorts[i][2 * l]));
        transpose(v);
        for (std::size_t i = 0; i < kLanes; ++i) store_pairs(out + (1 + l + i) * kPanel, v[i]);
      }
    }
  }
}
