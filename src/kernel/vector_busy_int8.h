// The int8 unit kept busy, as vector_busy.h does it for float32. Included by the tables that have
// one.

double busy_int8(std::size_t rounds, float* sink) {
  __m512i sum[kBusySums];
#pragma GCC unroll 12
  for (std::size_t i = 0; i < kBusySums; ++i) sum[i] = _mm512_set1_epi32(static_cast<int>(sink[i]));
  const __m512i a = sum[0], b = sum[1];
  for (std::size_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 12
    for (std::size_t i = 0; i < kBusySums; ++i) sum[i] = _mm512_dpbusd_epi32(sum[i], a, b);
  }
  __m512i all = _mm512_setzero_si512();
#pragma GCC unroll 12
  for (std::size_t i = 0; i < kBusySums; ++i) all = _mm512_add_epi32(all, sum[i]);
  sink[0] = static_cast<float>(_mm512_reduce_add_epi32(all));
  return 2.0 * 64 * kBusySums * static_cast<double>(rounds);
}
