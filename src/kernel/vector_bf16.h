// Products in bfloat16 with sums in float32: half the digits of the rows, twice the products an
// instruction. Included inside the anonymous namespace of avx512bf16.cc, after vector_matrix.h,
// whose blocking this repeats with pairs of k in place of single ones.

// bfloat16 pairs that share the first-level cache with one panel of b that deep, as in gemm().
constexpr std::size_t kPairDepth = 256;
constexpr std::size_t kPairStride = kPairDepth + 16;  // an odd number of cache lines

// c (rows, cols <= kTileCols) = [c +] a b [+ bias]; a and b hold pairs along k.
template <std::size_t rows>
void bf16_tile(std::size_t pairs, const std::uint32_t* a, const std::uint32_t* b, float* c,
               std::size_t ldc, std::size_t cols, const float* bias, Start start) {
  Vec sum[rows][2];
  const std::size_t n0 = cols < kLanes ? cols : kLanes, n1 = cols - n0;
  const __mmask16 m0 = first(n0), m1 = first(n1);
  const bool exists = start == Start::kExists;
#pragma GCC unroll 14
  for (std::size_t i = 0; i < rows; ++i) {
    sum[i][0] = exists ? _mm512_maskz_loadu_ps(m0, c + i * ldc) : zero();
    sum[i][1] = exists ? _mm512_maskz_loadu_ps(m1, c + i * ldc + n0) : zero();
  }
  for (std::size_t l = 0; l < pairs; ++l) {
    const auto b0 = reinterpret_cast<__m512bh>(_mm512_loadu_si512(b + l * kPanel));
    const auto b1 = reinterpret_cast<__m512bh>(_mm512_loadu_si512(b + l * kPanel + kLanes));
#pragma GCC unroll 14
    for (std::size_t i = 0; i < rows; ++i) {
      const auto x =
          reinterpret_cast<__m512bh>(_mm512_set1_epi32(static_cast<int>(a[i * kPairStride + l])));
      sum[i][0] = _mm512_dpbf16_ps(sum[i][0], x, b0);
      sum[i][1] = _mm512_dpbf16_ps(sum[i][1], x, b1);
    }
  }
  const Vec bias0 = bias ? _mm512_maskz_loadu_ps(m0, bias) : zero();
  const Vec bias1 = bias ? _mm512_maskz_loadu_ps(m1, bias + n0) : zero();
#pragma GCC unroll 14
  for (std::size_t i = 0; i < rows; ++i) {
    _mm512_mask_storeu_ps(c + i * ldc, m0, add(sum[i][0], bias0));
    _mm512_mask_storeu_ps(c + i * ldc + n0, m1, add(sum[i][1], bias1));
  }
}

using Bf16Tile = void (*)(std::size_t, const std::uint32_t*, const std::uint32_t*, float*,
                          std::size_t, std::size_t, const float*, Start);
template <std::size_t... rows>
struct Bf16TileTable {
  static constexpr Bf16Tile of[] = {nullptr, bf16_tile<rows>...};
};
template <std::size_t rows, std::size_t... more>
struct MakeBf16Tiles : MakeBf16Tiles<rows - 1, rows, more...> {};
template <std::size_t... all>
struct MakeBf16Tiles<0, all...> : Bf16TileTable<all...> {};

// n values rounded to nearest even, as pairs; an odd last one is paired with zero.
inline void round_pairs(const float* from, std::size_t n, std::uint32_t* to) {
  std::size_t i = 0;
  for (; i + 2 * kLanes <= n; i += 2 * kLanes) {
    const __m512bh pairs = _mm512_cvtne2ps_pbh(load(from + i + kLanes), load(from + i));
    _mm512_storeu_si512(to + i / 2, reinterpret_cast<__m512i>(pairs));
  }
  for (; i < n; i += kLanes) {
    const Vec values = n - i < kLanes ? load(from + i, n - i) : load(from + i);
    const __m256bh pairs = _mm512_cvtneps_pbh(values);
    const std::size_t left = (n - i + 1) / 2;
    _mm256_mask_storeu_epi32(to + i / 2, static_cast<__mmask8>(left < 8 ? (1u << left) - 1 : 0xff),
                             reinterpret_cast<__m256i>(pairs));
  }
}

void gemm_bf16(std::size_t m, std::size_t n, std::size_t k, const float* a, std::size_t lda,
               const std::uint32_t* packed, float* c, std::size_t ldc, const float* bias,
               Start start) {
  alignas(64) std::uint32_t copy[kGemmRows * kPairStride];
  const std::size_t pairs = (k + 1) / 2, blocks = (m + kGemmRows - 1) / kGemmRows;
  std::size_t from = 0;
  do {  // once even for k = 0, which still writes the bias
    const std::size_t depth = pairs - from < kPairDepth ? pairs - from : kPairDepth;
    const std::size_t values = k - 2 * from < 2 * depth ? k - 2 * from : 2 * depth;
    const float* const last_bias = from + depth == pairs ? bias : nullptr;
    for (std::size_t block = 0; block < blocks; ++block) {
      const std::size_t row = block * m / blocks, rows = (block + 1) * m / blocks - row;
      for (std::size_t i = 0; i < rows; ++i)
        round_pairs(a + (row + i) * lda + 2 * from, values, copy + i * kPairStride);
      for (std::size_t j = 0; j < n; j += kTileCols) {
        const std::size_t cols = n - j < kTileCols ? n - j : kTileCols;
        const std::uint32_t* const b =
            packed + j / kPanel * kPanel * pairs + from * kPanel + j % kPanel;
        MakeBf16Tiles<kGemmRows>::of[rows](depth, copy, b, c + row * ldc + j, ldc, cols,
                                           last_bias ? last_bias + j : nullptr, start);
      }
    }
    start = Start::kExists;
    from += depth;
  } while (from < pairs);
}

template <WeightType type>
void pack_bf16(const void* w, std::size_t stride_bytes, std::size_t n, std::size_t k,
               std::uint32_t* packed) {
  const std::size_t pairs = (k + 1) / 2;
  for (std::size_t j = 0; j < n; j += kLanes) {  // kLanes rows of w become columns of a panel
    std::uint32_t* const panel = packed + j / kPanel * kPanel * pairs + j % kPanel;
    const char* const base = static_cast<const char*>(w) + j * stride_bytes;
    const std::size_t rows = n - j < kLanes ? n - j : kLanes;
    for (std::size_t l = 0; l < pairs; l += kLanes) {
      const std::size_t depth = pairs - l < kLanes ? pairs - l : kLanes;
      Vec v[kLanes];  // a lane holds a pair
      for (std::size_t i = 0; i < kLanes; ++i) {
        if (i >= rows) {
          v[i] = zero();
          continue;
        }
        const char* const at = base + i * stride_bytes + 2 * l * kWeightBytes[type];
        const std::size_t values = k - 2 * l < 2 * kLanes ? k - 2 * l : 2 * kLanes;
        std::uint32_t pair[kLanes] = {};
        if constexpr (type == kWeightBF16) {
          const __mmask32 mask =
              values == 32 ? ~__mmask32{0} : static_cast<__mmask32>((1u << values) - 1);
          _mm512_storeu_si512(pair, _mm512_maskz_loadu_epi16(mask, at));
        } else {
          float wide[2 * kLanes] = {};
          const std::size_t half = values < kLanes ? values : kLanes;
          store(wide, half == kLanes ? load_weights<type>(at) : load_weights<type>(at, half));
          if (values > kLanes) {
            const char* const behind = at + kLanes * kWeightBytes[type];
            store(wide + kLanes, values == 2 * kLanes
                                     ? load_weights<type>(behind)
                                     : load_weights<type>(behind, values - kLanes));
          }
          round_pairs(wide, 2 * kLanes, pair);
        }
        v[i] = _mm512_castsi512_ps(_mm512_loadu_si512(pair));
      }
      transpose(v);
      for (std::size_t i = 0; i < depth; ++i)
        _mm512_storeu_ps(reinterpret_cast<float*>(panel + (l + i) * kPanel), v[i]);
    }
  }
  const std::size_t begin = (n + kLanes - 1) / kLanes * kLanes,
                    end = (n + kPanel - 1) / kPanel * kPanel;
  for (std::size_t j = begin; j < end; j += kLanes) {
    std::uint32_t* const panel = packed + j / kPanel * kPanel * pairs + j % kPanel;
    for (std::size_t l = 0; l < pairs; ++l)
      _mm512_storeu_si512(panel + l * kPanel, _mm512_setzero_si512());
  }
}

double busy_bf16(std::size_t rounds, float* sink) {
  const auto a = reinterpret_cast<__m512bh>(_mm512_set1_epi32(0x3f003f00)), b = a;
  return keep_busy(rounds, sink, 4 * kLanes, [=](Vec sum) { return _mm512_dpbf16_ps(sum, a, b); });
}
