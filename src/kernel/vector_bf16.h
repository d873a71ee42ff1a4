// Products in bfloat16 with sums in float32: half the digits of the rows, twice the products an
// instruction. Included inside the anonymous namespace of avx512bf16.cc, after vector_matrix.h.

struct Bf16Tile {
  template <std::size_t rows>
  static void run(std::size_t depth, const std::uint32_t* x, const std::uint32_t* b,
                  const TilePlace& at) {
    Vec sum[rows][2];
    begin_sums(at, sum);
    for (std::size_t l = 0; l < depth; ++l) {
      const auto b0 = reinterpret_cast<__m512bh>(_mm512_loadu_si512(b + l * kPanel));
      const auto b1 = reinterpret_cast<__m512bh>(_mm512_loadu_si512(b + l * kPanel + kLanes));
#pragma GCC unroll 14
      for (std::size_t i = 0; i < rows; ++i) {
        const auto pair = reinterpret_cast<__m512bh>(
            _mm512_set1_epi32(static_cast<int>(x[i * kPreparedRow + l])));
        sum[i][0] = _mm512_dpbf16_ps(sum[i][0], pair, b0);
        sum[i][1] = _mm512_dpbf16_ps(sum[i][1], pair, b1);
      }
    }
    end_sums(at, sum);
  }
};

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

void prepare_bf16(std::size_t m, std::size_t k, const float* a, std::size_t lda,
                  std::uint32_t* prepared) {
  for (std::size_t from = 0; from < k; from += 2 * kSlabWords) {
    const std::size_t depth = k - from < 2 * kSlabWords ? k - from : 2 * kSlabWords;
    std::uint32_t* const slab = prepared + from / 2 / kSlabWords * m * kPreparedRow;
    for (std::size_t i = 0; i < m; ++i)
      round_pairs(a + i * lda + from, depth, slab + i * kPreparedRow);
  }
}

void gemm_bf16(std::size_t m, std::size_t n, std::size_t k, const std::uint32_t* prepared,
               const std::uint32_t* packed, float* c, std::size_t ldc, const float* bias,
               Start start) {
  const std::size_t pairs = (k + 1) / 2;
  multiply<Bf16Tile>(m, n, pairs, prepared, packed, pairs * kPanel, kSlabWords * kPanel, c, ldc,
                     bias, start);
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
