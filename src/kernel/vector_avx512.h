// The vocabulary in which the vector kernels are written, in AVX-512 words. Included inside the
// anonymous namespace of avx512.cc only: nothing here may be seen by another file, or the linker
// could keep this copy for a machine without the set.

using Vec = __m512;
constexpr std::size_t kLanes = 16;

// Register tiles that fit 32 registers: gemm holds 14 x 2 sums, dot_rows 4 x 6.
constexpr std::size_t kGemmRows = 14;
constexpr std::size_t kDotRows = 4, kDotCols = 6;

inline __mmask16 first(std::size_t n) { return static_cast<__mmask16>((1u << n) - 1); }

inline Vec zero() { return _mm512_setzero_ps(); }
inline Vec splat(float x) { return _mm512_set1_ps(x); }
inline Vec load(const float* p) { return _mm512_loadu_ps(p); }
inline void store(float* p, Vec v) { _mm512_storeu_ps(p, v); }
// The first n < kLanes values; the other lanes read as zero and are not written.
inline Vec load(const float* p, std::size_t n) { return _mm512_maskz_loadu_ps(first(n), p); }
inline void store(float* p, Vec v, std::size_t n) { _mm512_mask_storeu_ps(p, first(n), v); }

inline Vec add(Vec a, Vec b) { return _mm512_add_ps(a, b); }
inline Vec sub(Vec a, Vec b) { return _mm512_sub_ps(a, b); }
inline Vec mul(Vec a, Vec b) { return _mm512_mul_ps(a, b); }
inline Vec div(Vec a, Vec b) { return _mm512_div_ps(a, b); }
inline Vec fma(Vec a, Vec b, Vec c) { return _mm512_fmadd_ps(a, b, c); }    // a b + c
inline Vec fnma(Vec a, Vec b, Vec c) { return _mm512_fnmadd_ps(a, b, c); }  // c - a b
inline Vec max(Vec a, Vec b) { return _mm512_max_ps(a, b); }                // b where either is NaN
inline Vec min(Vec a, Vec b) { return _mm512_min_ps(a, b); }
inline Vec abs(Vec a) { return _mm512_abs_ps(a); }
inline Vec round(Vec a) {
  return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
// a where x < 0, else b.
inline Vec if_negative(Vec x, Vec a, Vec b) {
  return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(x, zero(), _CMP_LT_OQ), b, a);
}
// v 2^n for whole n.
inline Vec times_power_of_2(Vec v, Vec n) { return _mm512_scalef_ps(v, n); }
// The first n lanes of v, `other` in the rest.
inline Vec keep_first(Vec v, std::size_t n, Vec other) {
  return _mm512_mask_blend_ps(first(n), other, v);
}

inline float sum_of(Vec v) { return _mm512_reduce_add_ps(v); }
inline float max_of(Vec v) { return _mm512_reduce_max_ps(v); }

// Weights of each type, widened; the exact value in float32.
template <WeightType type>
inline Vec load_weights(const char* p) {
  if constexpr (type == kWeightF32) return _mm512_loadu_ps(p);
  const __m256i half = _mm256_loadu_si256(reinterpret_cast<const __m256i_u*>(p));
  if constexpr (type == kWeightF16) return _mm512_cvtph_ps(half);
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(half), 16));
}
template <WeightType type>
inline Vec load_weights(const char* p, std::size_t n) {
  if constexpr (type == kWeightF32) return _mm512_maskz_loadu_ps(first(n), p);
  const __m256i half = _mm256_maskz_loadu_epi16(first(n), p);
  if constexpr (type == kWeightF16) return _mm512_cvtph_ps(half);
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(half), 16));
}

// A float16 in every lane.
inline Vec splat_half(const std::uint8_t* p) {
  std::uint16_t half;
  __builtin_memcpy(&half, p, 2);
  return _mm512_cvtph_ps(_mm256_set1_epi16(static_cast<short>(half)));
}

inline void store_f16(std::uint16_t* p, Vec v) {
  _mm256_storeu_si256(reinterpret_cast<__m256i_u*>(p),
                      _mm512_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT));
}

// v becomes its transpose: pairs of floats, pairs of pairs, then 128-bit lanes twice.
inline void transpose(Vec (&v)[kLanes]) {
  Vec t[kLanes];
#pragma GCC unroll 8
  for (std::size_t i = 0; i < 16; i += 2) {
    t[i] = _mm512_unpacklo_ps(v[i], v[i + 1]);
    t[i + 1] = _mm512_unpackhi_ps(v[i], v[i + 1]);
  }
#pragma GCC unroll 4
  for (std::size_t i = 0; i < 16; i += 4) {
    const __m512d a = _mm512_castps_pd(t[i]), b = _mm512_castps_pd(t[i + 1]);
    const __m512d c = _mm512_castps_pd(t[i + 2]), d = _mm512_castps_pd(t[i + 3]);
    v[i] = _mm512_castpd_ps(_mm512_unpacklo_pd(a, c));
    v[i + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(a, c));
    v[i + 2] = _mm512_castpd_ps(_mm512_unpacklo_pd(b, d));
    v[i + 3] = _mm512_castpd_ps(_mm512_unpackhi_pd(b, d));
  }
#pragma GCC unroll 4
  for (std::size_t j = 0; j < 4; ++j) {
    const Vec even_low = _mm512_shuffle_f32x4(v[j], v[j + 4], 0x88);
    const Vec even_high = _mm512_shuffle_f32x4(v[j + 8], v[j + 12], 0x88);
    const Vec odd_low = _mm512_shuffle_f32x4(v[j], v[j + 4], 0xdd);
    const Vec odd_high = _mm512_shuffle_f32x4(v[j + 8], v[j + 12], 0xdd);
    t[j] = _mm512_shuffle_f32x4(even_low, even_high, 0x88);
    t[j + 4] = _mm512_shuffle_f32x4(odd_low, odd_high, 0x88);
    t[j + 8] = _mm512_shuffle_f32x4(even_low, even_high, 0xdd);
    t[j + 12] = _mm512_shuffle_f32x4(odd_low, odd_high, 0xdd);
  }
#pragma GCC unroll 16
  for (std::size_t i = 0; i < 16; ++i) v[i] = t[i];
}

// Int8 products. Bytes are four values of k of each of 16 rows, Ints a sum for each row.
using Bytes = __m512i;
using Ints = __m512i;
constexpr std::size_t kInt8TileRows = 4;
#ifdef __AVX512VNNI__
constexpr bool kWholeByteProducts = true;  // add_products() takes weights of 8 bits too
#else
constexpr bool kWholeByteProducts = false;
#endif

inline Bytes load_bytes(const std::uint8_t* p) { return _mm512_loadu_si512(p); }
inline Bytes low_nibbles(Bytes b) { return _mm512_and_si512(b, _mm512_set1_epi8(15)); }
inline Bytes high_nibbles(Bytes b) { return low_nibbles(_mm512_srli_epi32(b, 4)); }
// w |= bits of every byte of `plane` moved from place `from` up to 4, those of `mask`.
inline void add_bits(Bytes plane, int from, int mask, Bytes& w) {
  const auto bits = reinterpret_cast<__v16su>(plane);
  const auto moved = reinterpret_cast<Bytes>(from < 4 ? bits << (4 - from) : bits >> (from - 4));
  w = _mm512_or_si512(w, _mm512_and_si512(moved, _mm512_set1_epi8(static_cast<char>(mask))));
}

inline Ints splat_ints(std::int32_t x) { return _mm512_set1_epi32(x); }
// sum + four products for each row; w below 128.
inline Ints add_products(Ints sum, Bytes w, std::int32_t four) {
  const Bytes x = _mm512_set1_epi32(four);
#ifdef __AVX512VNNI__
  return _mm512_dpbusd_epi32(sum, w, x);
#else
  const __m512i pairs = _mm512_maddubs_epi16(w, x);  // fits 16 bits: 2 * 127 * 127
  return _mm512_add_epi32(sum, _mm512_madd_epi16(pairs, _mm512_set1_epi16(1)));
#endif
}
inline void to_floats(Ints sum, Vec (&out)[1]) { out[0] = _mm512_cvtepi32_ps(sum); }
// 16 bytes, signed or not, as floats.
template <typename Byte>
inline Vec floats_of(const std::uint8_t* p) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i_u*>(p));
  return _mm512_cvtepi32_ps(Byte(-1) < 0 ? _mm512_cvtepi8_epi32(bytes)
                                         : _mm512_cvtepu8_epi32(bytes));
}

// Whole numbers between -128 and 127.
inline void store_bytes(std::int8_t* p, Vec v) {
  _mm_storeu_si128(reinterpret_cast<__m128i_u*>(p), _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(v)));
}

// The products of a block of 32 with whole bytes, on top of `start`.
inline void dots_of_bytes(const std::uint8_t* w, const std::int8_t* x, std::int32_t start,
                          Vec (&dots)[1]) {
#ifdef __AVX512VNNI__
  __m512i sum = _mm512_set1_epi32(start);
#pragma GCC unroll 8
  for (std::size_t i = 0; i < kQ8Block / 4; ++i) {
    const __m512i weights = _mm512_loadu_si512(w + 64 * i);
    sum = _mm512_dpbusd_epi32(sum, weights, _mm512_set1_epi32(load_four(x + 4 * i)));
  }
  dots[0] = _mm512_cvtepi32_ps(sum);
#else
  // Without the instruction: 16-bit products, whose pairs are each row's first and second half.
  __m512i low = _mm512_setzero_si512(), high = low;  // rows 0 to 7, 8 to 15
#pragma GCC unroll 8
  for (std::size_t i = 0; i < kQ8Block / 4; ++i) {
    const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i_u*>(w + 64 * i));
    const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i_u*>(w + 64 * i + 32));
    const __m512i values = _mm512_cvtepi8_epi16(_mm256_set1_epi32(load_four(x + 4 * i)));
    low = _mm512_add_epi32(low, _mm512_madd_epi16(_mm512_cvtepu8_epi16(a), values));
    high = _mm512_add_epi32(high, _mm512_madd_epi16(_mm512_cvtepu8_epi16(b), values));
  }
  const __m512i even = _mm512_set_epi32(30, 28, 26, 24, 22, 20, 18, 16, 14, 12, 10, 8, 6, 4, 2, 0);
  const __m512i first_half = _mm512_permutex2var_epi32(low, even, high);
  const __m512i second_half =
      _mm512_permutex2var_epi32(low, _mm512_add_epi32(even, _mm512_set1_epi32(1)), high);
  const __m512i sum = _mm512_add_epi32(first_half, second_half);
  dots[0] = _mm512_cvtepi32_ps(_mm512_add_epi32(sum, _mm512_set1_epi32(start)));
#endif
}

// Products of 16-bit pairs (int16.h): each lane holds two of them.
using Pairs = __m512i;
inline Pairs load_pairs(const std::uint32_t* p) { return _mm512_loadu_si512(p); }
inline void store_pairs(std::uint32_t* p, Vec v) { _mm512_storeu_ps(p, v); }
inline Vec as_floats(Pairs bits) { return _mm512_castsi512_ps(bits); }
inline Pairs splat_pair(std::uint32_t pair) { return _mm512_set1_epi32(static_cast<int>(pair)); }
// Sums of 32 bits, of the very type that the instructions are declared with: in any other GCC keeps
// a second copy of each in memory.
using PairSums = __v16si;
inline PairSums no_sums() { return PairSums{}; }
inline PairSums add_pair_products(PairSums sum, Pairs a, Pairs b) {
#ifdef __AVX512VNNI__
  return reinterpret_cast<PairSums>(_mm512_dpwssd_epi32(reinterpret_cast<__m512i>(sum), a, b));
#else
  return sum + reinterpret_cast<PairSums>(_mm512_madd_epi16(a, b));
#endif
}
inline Vec floats_of_sums(PairSums sum) {
  return _mm512_cvtepi32_ps(reinterpret_cast<__m512i>(sum));
}
// kLanes values to the nearest whole numbers, ties to even.
inline void store_shorts(std::int16_t* p, Vec v) {
  _mm256_storeu_si256(reinterpret_cast<__m256i_u*>(p),
                      _mm512_cvtepi32_epi16(_mm512_cvtps_epi32(v)));
}
