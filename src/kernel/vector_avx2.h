// The vocabulary in which the vector kernels are written, in AVX2, FMA and F16C words. Included
// inside the anonymous namespace of avx2.cc only; see vector_avx512.h.

using Vec = __m256;
constexpr std::size_t kLanes = 8;

// Register tiles that fit 16 registers: gemm holds 6 x 2 sums, dot_rows 3 x 4.
constexpr std::size_t kGemmRows = 6;
constexpr std::size_t kDotRows = 3, kDotCols = 4;

alignas(32) constexpr std::int32_t kMasks[16] = {-1, -1, -1, -1, -1, -1, -1, -1,
                                                 0,  0,  0,  0,  0,  0,  0,  0};
inline __m256i first(std::size_t n) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i_u*>(kMasks + 8 - n));
}

inline Vec zero() { return _mm256_setzero_ps(); }
inline Vec splat(float x) { return _mm256_set1_ps(x); }
inline Vec load(const float* p) { return _mm256_loadu_ps(p); }
inline void store(float* p, Vec v) { _mm256_storeu_ps(p, v); }
// The first n < kLanes values; the other lanes read as zero and are not written.
inline Vec load(const float* p, std::size_t n) { return _mm256_maskload_ps(p, first(n)); }
inline void store(float* p, Vec v, std::size_t n) { _mm256_maskstore_ps(p, first(n), v); }

inline Vec add(Vec a, Vec b) { return _mm256_add_ps(a, b); }
inline Vec sub(Vec a, Vec b) { return _mm256_sub_ps(a, b); }
inline Vec mul(Vec a, Vec b) { return _mm256_mul_ps(a, b); }
inline Vec div(Vec a, Vec b) { return _mm256_div_ps(a, b); }
inline Vec fma(Vec a, Vec b, Vec c) { return _mm256_fmadd_ps(a, b, c); }    // a b + c
inline Vec fnma(Vec a, Vec b, Vec c) { return _mm256_fnmadd_ps(a, b, c); }  // c - a b
inline Vec max(Vec a, Vec b) { return _mm256_max_ps(a, b); }                // b where either is NaN
inline Vec min(Vec a, Vec b) { return _mm256_min_ps(a, b); }
inline Vec abs(Vec a) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a); }
inline Vec round(Vec a) {
  return _mm256_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
// a where x < 0, else b.
inline Vec if_negative(Vec x, Vec a, Vec b) {
  return _mm256_blendv_ps(b, a, _mm256_cmp_ps(x, zero(), _CMP_LT_OQ));
}
// v 2^n for whole n; the result must be a normal number.
inline Vec times_power_of_2(Vec v, Vec n) {
  const __m256i exponent = _mm256_slli_epi32(_mm256_cvtps_epi32(n), 23);
  return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(v), exponent));
}
// The first n lanes of v, `other` in the rest.
inline Vec keep_first(Vec v, std::size_t n, Vec other) {
  return _mm256_blendv_ps(other, v, _mm256_castsi256_ps(first(n)));
}

inline float sum_of(Vec v) {
  __m128 s = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  s = _mm_add_ps(s, _mm_movehl_ps(s, s));
  return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
}
inline float max_of(Vec v) {
  __m128 s = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  s = _mm_max_ps(s, _mm_movehl_ps(s, s));
  return _mm_cvtss_f32(_mm_max_ss(s, _mm_movehdup_ps(s)));
}

// Weights of each type, widened; the exact value in float32.
template <WeightType type>
inline Vec load_weights(const char* p) {
  if constexpr (type == kWeightF32) return _mm256_loadu_ps(reinterpret_cast<const float*>(p));
  const __m128i half = _mm_loadu_si128(reinterpret_cast<const __m128i_u*>(p));
  if constexpr (type == kWeightF16) return _mm256_cvtph_ps(half);
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(half), 16));
}
// AVX2 has no masked load of 16-bit values, so a row's end goes through memory.
template <WeightType type>
inline Vec load_weights(const char* p, std::size_t n) {
  char whole[kLanes * kWeightBytes[type]] = {};
  for (std::size_t i = 0; i < n * kWeightBytes[type]; ++i) whole[i] = p[i];
  return load_weights<type>(whole);
}

// A float16 in every lane.
inline Vec splat_half(const std::uint8_t* p) {
  std::uint16_t half;
  __builtin_memcpy(&half, p, 2);
  return _mm256_cvtph_ps(_mm_set1_epi16(static_cast<short>(half)));
}

inline void store_f16(std::uint16_t* p, Vec v) {
  _mm_storeu_si128(reinterpret_cast<__m128i_u*>(p), _mm256_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT));
}

// v becomes its transpose: pairs of floats, pairs of pairs, then 128-bit halves.
inline void transpose(Vec (&v)[kLanes]) {
  Vec t[kLanes];
#pragma GCC unroll 4
  for (std::size_t i = 0; i < 8; i += 2) {
    t[i] = _mm256_unpacklo_ps(v[i], v[i + 1]);
    t[i + 1] = _mm256_unpackhi_ps(v[i], v[i + 1]);
  }
#pragma GCC unroll 2
  for (std::size_t i = 0; i < 8; i += 4) {
    v[i] = _mm256_shuffle_ps(t[i], t[i + 2], 0x44);
    v[i + 1] = _mm256_shuffle_ps(t[i], t[i + 2], 0xee);
    v[i + 2] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0x44);
    v[i + 3] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0xee);
  }
#pragma GCC unroll 4
  for (std::size_t j = 0; j < 4; ++j) {
    const Vec low = v[j], high = v[j + 4];
    v[j] = _mm256_permute2f128_ps(low, high, 0x20);
    v[j + 4] = _mm256_permute2f128_ps(low, high, 0x31);
  }
}

// Int8 products. Bytes are four values of k of each of 16 rows, Ints a sum for each row.
struct Bytes {
  __m256i half[2];  // rows 0 to 7, 8 to 15
};
using Ints = Bytes;
constexpr std::size_t kInt8TileRows = 2;
constexpr bool kWholeByteProducts = false;

inline Bytes load_bytes(const std::uint8_t* p) {
  return {_mm256_loadu_si256(reinterpret_cast<const __m256i_u*>(p)),
          _mm256_loadu_si256(reinterpret_cast<const __m256i_u*>(p + 32))};
}
inline __m256i low_nibbles(__m256i b) { return _mm256_and_si256(b, _mm256_set1_epi8(15)); }
inline Bytes low_nibbles(Bytes b) { return {low_nibbles(b.half[0]), low_nibbles(b.half[1])}; }
inline Bytes high_nibbles(Bytes b) {
  return {low_nibbles(_mm256_srli_epi32(b.half[0], 4)),
          low_nibbles(_mm256_srli_epi32(b.half[1], 4))};
}
// w |= bits of every byte of `plane` moved from place `from` up to 4, those of `mask`.
inline void add_bits(Bytes plane, int from, int mask, Bytes& w) {
#pragma GCC unroll 2
  for (std::size_t i = 0; i < 2; ++i) {
    const auto bits = reinterpret_cast<__v8su>(plane.half[i]);
    const auto moved =
        reinterpret_cast<__m256i>(from < 4 ? bits << (4 - from) : bits >> (from - 4));
    w.half[i] = _mm256_or_si256(w.half[i],
                                _mm256_and_si256(moved, _mm256_set1_epi8(static_cast<char>(mask))));
  }
}

inline Ints splat_ints(std::int32_t x) { return {_mm256_set1_epi32(x), _mm256_set1_epi32(x)}; }
// sum + four products for each row; w below 128.
inline Ints add_products(Ints sum, Bytes w, std::int32_t four) {
#pragma GCC unroll 2
  for (std::size_t i = 0; i < 2; ++i) {
    // Pairs fit 16 bits: 2 * 127 * 127.
    const __m256i pairs = _mm256_maddubs_epi16(w.half[i], _mm256_set1_epi32(four));
    const __m256i fours = _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
    sum.half[i] = _mm256_add_epi32(sum.half[i], fours);
  }
  return sum;
}
inline void to_floats(Ints sum, Vec (&out)[2]) {
  out[0] = _mm256_cvtepi32_ps(sum.half[0]);
  out[1] = _mm256_cvtepi32_ps(sum.half[1]);
}
// 8 bytes, signed or not, as floats.
template <typename Byte>
inline Vec floats_of(const std::uint8_t* p) {
  const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i_u*>(p));
  return _mm256_cvtepi32_ps(Byte(-1) < 0 ? _mm256_cvtepi8_epi32(bytes)
                                         : _mm256_cvtepu8_epi32(bytes));
}

// Whole numbers between -128 and 127.
inline void store_bytes(std::int8_t* p, Vec v) {
  const __m256i ints = _mm256_cvtps_epi32(v);
  const __m128i shorts =
      _mm_packs_epi32(_mm256_castsi256_si128(ints), _mm256_extracti128_si256(ints, 1));
  _mm_storeu_si64(p, _mm_packs_epi16(shorts, shorts));
}

// The products of a block of 32 with whole bytes, on top of `start`.
inline void dots_of_bytes(const std::uint8_t* w, const std::int8_t* x, std::int32_t start,
                          Vec (&dots)[2]) {
  // 16-bit products; neighbours are the halves of one row's four.
  __m256i sum[4] = {};  // rows 0 to 3, 4 to 7, ...
#pragma GCC unroll 8
  for (std::size_t i = 0; i < kQ8Block / 4; ++i) {
    const __m256i values = _mm256_cvtepi8_epi16(_mm_set1_epi32(load_four(x + 4 * i)));
#pragma GCC unroll 4
    for (std::size_t r = 0; r < 4; ++r) {
      const __m128i four = _mm_loadu_si128(reinterpret_cast<const __m128i_u*>(w + 64 * i + 16 * r));
      sum[r] = _mm256_add_epi32(sum[r], _mm256_madd_epi16(_mm256_cvtepu8_epi16(four), values));
    }
  }
#pragma GCC unroll 2
  for (std::size_t v = 0; v < 2; ++v) {
    // hadd works in 128-bit lanes: rows come as 0 1 4 5 | 2 3 6 7.
    const __m256i pairs = _mm256_hadd_epi32(sum[2 * v], sum[2 * v + 1]);
    const __m256i rows = _mm256_permute4x64_epi64(pairs, 0xd8);
    dots[v] = _mm256_cvtepi32_ps(_mm256_add_epi32(rows, _mm256_set1_epi32(start)));
  }
}

// Products of 16-bit pairs (int16.h): each lane holds two of them.
using Pairs = __m256i;
inline Pairs load_pairs(const std::uint32_t* p) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i_u*>(p));
}
inline void store_pairs(std::uint32_t* p, Vec v) {
  _mm256_storeu_si256(reinterpret_cast<__m256i_u*>(p), _mm256_castps_si256(v));
}
inline Vec as_floats(Pairs bits) { return _mm256_castsi256_ps(bits); }
inline Pairs splat_pair(std::uint32_t pair) { return _mm256_set1_epi32(static_cast<int>(pair)); }
// Sums of 32 bits, of the very type that the instructions are declared with: in any other GCC keeps
// a second copy of each in memory.
using PairSums = __v8si;
inline PairSums no_sums() { return PairSums{}; }
inline PairSums add_pair_products(PairSums sum, Pairs a, Pairs b) {
  return sum + reinterpret_cast<PairSums>(_mm256_madd_epi16(a, b));
}
inline Vec floats_of_sums(PairSums sum) {
  return _mm256_cvtepi32_ps(reinterpret_cast<__m256i>(sum));
}
// kLanes values to the nearest whole numbers, ties to even.
inline void store_shorts(std::int16_t* p, Vec v) {
  const __m256i ints = _mm256_cvtps_epi32(v);
  _mm_storeu_si128(
      reinterpret_cast<__m128i_u*>(p),
      _mm_packs_epi32(_mm256_castsi256_si128(ints), _mm256_extracti128_si256(ints, 1)));
}
