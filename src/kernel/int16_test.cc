// Products in block floating point against their scalar twin, and against float32.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "kernel/kernels.h"
#include "kernel/test_values.h"

namespace quire::kernel {
namespace {

std::vector<std::uint32_t> packed(const Kernels& table, WeightType type,
                                  const std::vector<std::uint8_t>& w, std::size_t n,
                                  std::size_t k) {
  std::vector<std::uint32_t> words(packed_int16(n, k), 7);
  table.pack_int16[type](w.data(), k * kWeightBytes[type], n, k, words.data());
  return words;
}

// Sums of whole numbers are exact, and blocks are added in one order: all tables give the same
// bits.
TEST(Kernels, Int16ProductsAreTheTwinsToTheBit) {
  for (const Kernels* table : vector_tables()) {
    for (const std::size_t k : {1u, 2u, 31u, 64u, 65u, 130u, 512u, 515u, 1100u}) {
      for (const std::size_t n : {1u, 16u, 33u, 70u}) {
        const std::size_t m = 31, lda = k + 1, ldc = n + 3;
        const std::vector<float> a = random_values(m * lda), bias = random_values(n, 1.0f, 3);
        for (const WeightType type : {kWeightF32, kWeightF16, kWeightBF16}) {
          const std::vector<std::uint8_t> w = random_weights(type, n * k);
          const auto words = packed(*table, type, w, n, k);
          ASSERT_EQ(words, packed(scalar_kernels(), type, w, n, k)) << type << " " << n << " " << k;
          for (const Start start : {Start::kZero, Start::kExists}) {
            std::vector<float> got = random_values(m * ldc, 1.0f, 5), want = got;
            multiply_int16(*table, m, n, k, a.data(), lda, words, got.data(), ldc, bias.data(),
                           start);
            multiply_int16(scalar_kernels(), m, n, k, a.data(), lda, words, want.data(), ldc,
                           bias.data(), start);
            ASSERT_EQ(got, want) << table->name << " " << n << " " << k;
          }
        }
      }
    }
  }
}

// What int16.h promises of rows of ordinary values.
TEST(Kernels, Int16ProductsAreCloseToFloat32) {
  const std::size_t m = 20, n = 64, k = 768;
  const std::vector<float> a = random_values(m * k);
  for (const WeightType type : {kWeightF32, kWeightBF16}) {
    const std::vector<std::uint8_t> w = random_weights(type, n * k);
    const auto words = packed(kernels(), type, w, n, k);
    const std::vector<float> wide = widened(type, w, n, k);
    std::vector<float> got(m * n);
    multiply_int16(kernels(), m, n, k, a.data(), k, words, got.data(), n, nullptr, Start::kZero);
    double off = 0, norm = 0;
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        double sum = 0;
        for (std::size_t l = 0; l < k; ++l)
          sum += static_cast<double>(a[i * k + l]) * wide[j * k + l];
        off += std::pow(got[i * n + j] - sum, 2);
        norm += sum * sum;
      }
    }
    EXPECT_LT(std::sqrt(off / norm), type == kWeightBF16 ? 1.5e-4 : 2.4e-4) << type;
  }
}

// The largest sums there are: rows and columns of one direction, whose product is that of their
// norms, of equal values, of ordinary ones and of a few large ones.
TEST(Kernels, Int16SumsDoNotOverflow) {
  const std::size_t m = 15, n = 33, k = 3 * kInt16Block + 17;
  std::vector<float> few(k, 1e-3f);
  few[3] = few[200] = 7;
  for (const std::vector<float>& values : {std::vector<float>(k, -3.0f), random_values(k), few}) {
    std::vector<float> a, w;
    double dot = 0;
    for (std::size_t i = 0; i < m; ++i) a.insert(a.end(), values.begin(), values.end());
    for (std::size_t j = 0; j < n; ++j) w.insert(w.end(), values.begin(), values.end());
    for (const float value : values) dot += static_cast<double>(value) * value;
    for (const Kernels* table : vector_tables()) {
      std::vector<std::uint32_t> words(packed_int16(n, k));
      table->pack_int16[kWeightF32](w.data(), k * 4, n, k, words.data());
      std::vector<float> got(m * n);
      multiply_int16(*table, m, n, k, a.data(), k, words, got.data(), n, nullptr, Start::kZero);
      expect_near(got, std::vector<float>(m * n, static_cast<float>(dot)),
                  std::vector<double>(m * n, 1e-4 * dot), table->name);
    }
  }
}

TEST(Kernels, Int16ProductsOfOddValues) {
  const float infinity = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::size_t k = 100;
  std::vector<const Kernels*> tables = vector_tables();
  tables.push_back(&scalar_kernels());
  for (const Kernels* table : tables) {
    const auto product = [&](float x, float w) {
      std::vector<float> a(k, 1.0f), b(k, 1.0f);
      a[70] = x, b[70] = w;
      std::vector<std::uint32_t> words(packed_int16(1, k));
      table->pack_int16[kWeightF32](b.data(), k * 4, 1, k, words.data());
      float y;
      multiply_int16(*table, 1, 1, k, a.data(), k, words, &y, 1, nullptr, Start::kZero);
      return y;
    };
    for (const float odd : {infinity, -infinity, nan}) {
      EXPECT_FALSE(std::isfinite(product(odd, 1))) << table->name << " " << odd;
      EXPECT_FALSE(std::isfinite(product(1, odd))) << table->name << " " << odd;
    }
    EXPECT_NEAR(product(1e18f, 1), 1e18f, 1e14f) << table->name;
    EXPECT_NEAR(product(1, 1e18f), 1e18f, 1e14f) << table->name;
    EXPECT_FALSE(std::isfinite(product(1e30f, 1))) << table->name;  // the limit that int16.h names
    EXPECT_NEAR(product(0, 1), 99, 0.02f) << table->name;
    // All of a block too small for a scale.
    std::vector<float> tiny(k, 1e-38f), b(k, 1e17f);
    std::vector<std::uint32_t> words(packed_int16(1, k));
    table->pack_int16[kWeightF32](b.data(), k * 4, 1, k, words.data());
    float y = 5;
    multiply_int16(*table, 1, 1, k, tiny.data(), k, words, &y, 1, nullptr, Start::kZero);
    EXPECT_EQ(y, 0) << table->name;
  }
}

}  // namespace
}  // namespace quire::kernel
