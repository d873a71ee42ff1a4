// One head's attention of one new token over a long cache: bytes of keys and values a second, from
// the definition to what the decoder runs. One thread; the cache is larger than a near cache.
#include <memory>

#include "kernel/kernels.h"
#include "lab/ladder.h"

namespace {

using namespace quire::kernel;
using quire::lab::Rung;

constexpr std::size_t kPositions = 8000, kSize = 128, kHeads = 10;
constexpr std::size_t kValues = kHeads * kPositions * kSize;
constexpr float kScale = 0.08838834764f;  // 1 / sqrt(128)

// Rung 1: the definition, one head after the other, everything in float32.
void definition(const std::vector<float>& q, const std::vector<float>& keys,
                const std::vector<float>& values, std::vector<float>& out) {
  std::vector<float> p(kPositions);
  for (std::size_t head = 0; head < kHeads; ++head) {
    const float* const k = &keys[head * kPositions * kSize];
    const float* const v = &values[head * kPositions * kSize];
    float largest = -1e30f, sum = 0;
    for (std::size_t i = 0; i < kPositions; ++i) {
      p[i] = 0;
      for (std::size_t c = 0; c < kSize; ++c) p[i] += q[head * kSize + c] * k[i * kSize + c];
      p[i] *= kScale;
      largest = std::max(largest, p[i]);
    }
    for (float& value : p) sum += value = std::exp(value - largest);
    for (std::size_t c = 0; c < kSize; ++c) {
      float mixed = 0;
      for (std::size_t i = 0; i < kPositions; ++i) mixed += p[i] / sum * v[i * kSize + c];
      out[head * kSize + c] = mixed;
    }
  }
}

// The kernels, over a cache of `type`.
void kernels_over(const Kernels& table, WeightType type, const std::vector<float>& q,
                  const void* keys, const void* values, std::vector<float>& out) {
  std::vector<float> p(kPositions);
  const std::size_t row = kSize * kWeightBytes[type], head_bytes = kPositions * row;
  for (std::size_t head = 0; head < kHeads; ++head) {
    table.dot_rows[type](1, kPositions, kSize, &q[head * kSize], kSize,
                         static_cast<const char*>(keys) + head * head_bytes, row, p.data(),
                         kPositions);
    for (float& value : p) value *= kScale;
    table.softmax(p.data(), kPositions);
    table.weighted_sum[type](kPositions, kSize, p.data(),
                             static_cast<const char*>(values) + head * head_bytes, row,
                             &out[head * kSize], Start::kZero);
  }
}

}  // namespace

int main() {
  const auto q = quire::lab::random_values(kHeads * kSize, 1);
  const auto keys = quire::lab::random_values(kValues, 2),
             values = quire::lab::random_values(kValues, 3);
  std::vector<std::uint16_t> half_keys(kValues), half_values(kValues);
  scalar_kernels().to_f16(keys.data(), kValues, half_keys.data());
  scalar_kernels().to_f16(values.data(), kValues, half_values.data());
  std::vector<float> want(q.size());
  kernels_over(scalar_kernels(), kWeightF32, q, keys.data(), values.data(), want);

  std::vector<Rung> wide = {
      {"the definition", [&](auto& out) { definition(q, keys, values, out); }},
  };
  std::vector<Rung> half;
  for (const Kernels* table : {avx2_kernels(), avx512_kernels()}) {
    if (table == nullptr) continue;
    wide.push_back({std::string("kernels, float32, ") + table->name, [&, table](auto& out) {
                      kernels_over(*table, kWeightF32, q, keys.data(), values.data(), out);
                    }});
    half.push_back({std::string("kernels, float16, ") + table->name, [&, table](auto& out) {
                      kernels_over(*table, kWeightF16, q, half_keys.data(), half_values.data(),
                                   out);
                    }});
  }
  // Sums of 8,000 terms in float32 against the same in double; a float16 is off by 2^-12 of itself
  // on average, in keys and in values.
  const bool right = quire::lab::climb(wide, want, 1e-4, 2.0 * 4 * kValues, "B/s", 0);
  return quire::lab::climb(half, want, 2e-3, 2.0 * 2 * kValues, "B/s", 0) && right ? 0 : 1;
}
