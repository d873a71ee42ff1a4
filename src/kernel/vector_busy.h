// What the machine's units can do at most, in the words of vector_*.h: products of registers with
// nothing to wait for. Included inside the anonymous namespace of each vector file.

// Independent sums: more than a unit's latency times the units there are.
constexpr std::size_t kBusySums = 12;

double busy_f32(std::size_t rounds, float* sink) {
  Vec sum[kBusySums];
#pragma GCC unroll 12
  for (std::size_t i = 0; i < kBusySums; ++i) sum[i] = splat(sink[i]);
  const Vec a = splat(sink[0]), b = splat(sink[1]);
  for (std::size_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 12
    for (std::size_t i = 0; i < kBusySums; ++i) sum[i] = fma(sum[i], a, b);
  }
  Vec all = zero();
#pragma GCC unroll 12
  for (std::size_t i = 0; i < kBusySums; ++i) all = add(all, sum[i]);
  sink[0] = sum_of(all);
  return 2.0 * kLanes * kBusySums * static_cast<double>(rounds);
}
