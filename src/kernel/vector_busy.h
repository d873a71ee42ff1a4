// What the machine's units can do at most, in the words of vector_*.h: products of registers with
// nothing to wait for. Included inside the anonymous namespace of each vector file.

// Independent sums: more than a unit's latency times the units there are.
constexpr std::size_t kBusySums = 12;

// Applies step(sum) to each sum in every round; one step is `operations` operations.
template <typename Step>
inline double keep_busy(std::size_t rounds, float* sink, std::size_t operations, Step step) {
  Vec sum[kBusySums];
#pragma GCC unroll 12
  for (std::size_t i = 0; i < kBusySums; ++i) sum[i] = splat(sink[i]);
  for (std::size_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 12
    for (std::size_t i = 0; i < kBusySums; ++i) sum[i] = step(sum[i]);
  }
  Vec all = zero();
#pragma GCC unroll 12
  for (std::size_t i = 0; i < kBusySums; ++i) all = add(all, sum[i]);
  sink[0] = sum_of(all);
  return static_cast<double>(operations * kBusySums * rounds);
}

double busy_f32(std::size_t rounds, float* sink) {
  const Vec a = splat(sink[0]), b = splat(sink[1]);
  return keep_busy(rounds, sink, 2 * kLanes, [=](Vec sum) { return fma(sum, a, b); });
}

float read_memory(const float* x, std::size_t n) {
  constexpr std::size_t kAhead = kBytesAhead / sizeof(float);
  Vec sum[4] = {zero(), zero(), zero(), zero()};
  std::size_t i = 0;
  for (; i + 64 <= n; i += 64) {
#pragma GCC unroll 4
    for (std::size_t at = 0; at < 64; at += 16) __builtin_prefetch(x + i + kAhead + at, 0, 3);
#pragma GCC unroll 8
    for (std::size_t at = 0; at < 64 / kLanes; ++at)
      sum[at % 4] = add(sum[at % 4], load(x + i + at * kLanes));
  }
  float rest = 0;
  for (; i < n; ++i) rest += x[i];
  return rest + sum_of(add(add(sum[0], sum[1]), add(sum[2], sum[3])));
}
