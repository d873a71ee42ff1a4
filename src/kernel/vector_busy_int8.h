// The int8 unit kept busy, as vector_busy.h does it for float32. Included by the tables that have
// one.

double busy_int8(std::size_t rounds, float* sink) {
  const __m512i a = _mm512_set1_epi8(3), b = a;
  return keep_busy(rounds, sink, 2 * 64, [=](Vec sum) {
    return _mm512_castsi512_ps(_mm512_dpbusd_epi32(_mm512_castps_si512(sum), a, b));
  });
}
