// Helpers of this room's tests: random values, every vector table that this machine has, and
// tolerances.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "kernel/kernels.h"

namespace quire::kernel {

inline constexpr double kUnit = 0x1p-24;
inline constexpr std::size_t kSizes[] = {1, 2, 7, 8, 13, 16, 31, 32, 33, 100, 257};

inline std::vector<float> random_values(std::size_t n, float scale = 1.0f, unsigned seed = 1) {
  std::mt19937 generator(seed + static_cast<unsigned>(n));
  std::normal_distribution<float> normal(0.0f, scale);
  std::vector<float> values(n);
  for (float& value : values) value = normal(generator);
  return values;
}

// Weight bytes of each type; any 16-bit pattern of moderate exponent is a fine weight.
inline std::vector<std::uint8_t> random_weights(WeightType type, std::size_t n) {
  std::vector<std::uint8_t> bytes(n * kWeightBytes[type]);
  const std::vector<float> values = random_values(n, 1.0f, 7);
  for (std::size_t i = 0; i < n; ++i) {
    std::uint32_t bits;
    std::memcpy(&bits, &values[i], 4);
    const std::uint16_t bfloat = static_cast<std::uint16_t>(bits >> 16);
    // A half with this value's sign, low mantissa bits and an exponent around 2^0; every 16th
    // subnormal.
    const std::uint16_t half = static_cast<std::uint16_t>(
        (bits >> 16 & 0x8000) | (i % 16 ? (13 + i % 3) << 10 : 0) | (bits & 0x3ff));
    if (type == kWeightF32) std::memcpy(&bytes[i * 4], &bits, 4);
    if (type == kWeightF16) std::memcpy(&bytes[i * 2], &half, 2);
    if (type == kWeightBF16) std::memcpy(&bytes[i * 2], &bfloat, 2);
  }
  return bytes;
}

// The three kinds of product of rows that are not prepared yet.
inline void multiply(const Kernels& table, std::size_t m, std::size_t n, std::size_t k,
                     const float* a, std::size_t lda, const std::vector<float>& packed, float* c,
                     std::size_t ldc, const float* bias, Start start) {
  std::vector<float> prepared(prepared_size(m, k));
  table.prepare(m, k, a, lda, prepared.data());
  table.gemm(m, n, k, prepared.data(), packed.data(), c, ldc, bias, start);
}
inline void multiply_int16(const Kernels& table, std::size_t m, std::size_t n, std::size_t k,
                           const float* a, std::size_t lda,
                           const std::vector<std::uint32_t>& packed, float* c, std::size_t ldc,
                           const float* bias, Start start) {
  std::vector<std::uint32_t> prepared(prepared_pairs(m, k));
  table.prepare_int16(m, k, a, lda, prepared.data());
  table.gemm_int16(m, n, k, prepared.data(), packed.data(), c, ldc, bias, start);
}
inline void multiply_bf16(const Kernels& table, std::size_t m, std::size_t n, std::size_t k,
                          const float* a, std::size_t lda, const std::vector<std::uint32_t>& packed,
                          float* c, std::size_t ldc, const float* bias, Start start) {
  std::vector<std::uint32_t> prepared(prepared_pairs(m, k));
  table.prepare_bf16(m, k, a, lda, prepared.data());
  table.gemm_bf16(m, n, k, prepared.data(), packed.data(), c, ldc, bias, start);
}

inline std::vector<const Kernels*> vector_tables() {
  std::vector<const Kernels*> tables;
  for (const Kernels* table :
       {avx2_kernels(), avx512_kernels(), avx512vnni_kernels(), avx512bf16_kernels()}) {
    if (table) tables.push_back(table);
  }
  return tables;
}

// The widened weights, read back through the twin's pack of one column each.
inline std::vector<float> widened(WeightType type, const std::vector<std::uint8_t>& w,
                                  std::size_t n, std::size_t k) {
  std::vector<float> packed(packed_size(n, k)), plain(n * k);
  scalar_kernels().pack[type](w.data(), k * kWeightBytes[type], n, k, packed.data());
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t l = 0; l < k; ++l)
      plain[j * k + l] = packed[j / kPanel * kPanel * k + l * kPanel + j % kPanel];
  }
  return plain;
}

inline void expect_near(const std::vector<float>& got, const std::vector<float>& want,
                        const std::vector<double>& tolerance, const std::string& what) {
  ASSERT_EQ(got.size(), want.size());
  std::size_t wrong = 0, worst = 0;
  double worst_excess = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double excess = std::abs(static_cast<double>(got[i]) - want[i]) / tolerance[i];
    if (!(excess <= 1.0)) ++wrong;
    if (!(excess <= worst_excess)) worst_excess = excess, worst = i;
  }
  EXPECT_EQ(wrong, 0u) << what << ": " << wrong << " of " << got.size() << " off, worst at "
                       << worst << ": " << got[worst] << " for " << want[worst];
}

// Equal up to `units` in the last place of the larger of value and `floor`.
inline void expect_units(const std::vector<float>& got, const std::vector<float>& want,
                         double units, double floor, const std::string& what) {
  std::vector<double> tolerance;
  for (float value : want)
    tolerance.push_back(units * 2 * kUnit * std::max<double>(std::abs(value), floor));
  expect_near(got, want, tolerance, what);
}

}  // namespace quire::kernel
