// Strassen's products against the scalar twin's gemm(). The method's error is bound by norms, not
// by the terms of one sum: 18 sums of the largest |a| times the largest |b| for each step of k
// (Higham, "Accuracy and Stability of Numerical Algorithms", section 23.2.2, one level of
// recursion).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "kernel/kernels.h"
#include "kernel/test_values.h"

namespace quire::kernel {
namespace {

std::vector<float> packed_seven(const Kernels& table, const std::vector<float>& w, std::size_t n,
                                std::size_t k) {
  std::vector<float> pair(packed_size(kStrassenCols, k)), seven(7 * n * k / 4, -1);
  for (std::size_t j = 0; j < n / kStrassenCols; ++j) {
    table.pack[kWeightF32](&w[j * kStrassenCols * k], k * 4, kStrassenCols, k, pair.data());
    table.pack_strassen(j, n, k / 2, pair.data(), seven.data());
  }
  return seven;
}

TEST(Kernels, StrassenOnEveryNumberOfRows) {
  for (const Kernels* table : vector_tables()) {
    if (table->gemm_strassen == nullptr) continue;
    for (const auto& [n, depth] :
         {std::pair<std::size_t, std::size_t>{64, 16}, {192, 48}, {128, kStrassenDepth}}) {
      const std::size_t k = 2 * depth, lda = k + 3, ldc = n + 5;
      const auto w = random_values(n * k, 1.0f, 2), bias = random_values(n);
      const auto seven = packed_seven(*table, w, n, k);
      std::vector<float> packed(packed_size(n, k)), work(kStrassenWork);
      scalar_kernels().pack[kWeightF32](w.data(), k * 4, n, k, packed.data());
      for (std::size_t m : {1u, 2u, 3u, 13u, 27u, 28u, 29u, 57u, 111u, 112u}) {
        const auto a = random_values(m * lda);
        const auto largest = [](const std::vector<float>& values) {
          float most = 0;
          for (float value : values) most = std::max(most, std::abs(value));
          return static_cast<double>(most);
        };
        const double tolerance = 18 * static_cast<double>(k) * kUnit * largest(a) * largest(w) +
                                 8 * kUnit * largest(bias);
        for (Start start : {Start::kZero, Start::kExists}) {
          std::vector<float> want = random_values(m * ldc, 1.0f, 3), got = want;
          multiply(scalar_kernels(), m, n, k, a.data(), lda, packed, want.data(), ldc, bias.data(),
                   start);
          table->gemm_strassen(m, n, depth, a.data(), lda, seven.data(), got.data(), ldc,
                               bias.data(), start, work.data());
          expect_near(got, want, std::vector<double>(want.size(), tolerance),
                      std::string(table->name) + " gemm_strassen " + std::to_string(m) + " " +
                          std::to_string(n) + " " + std::to_string(k));
        }
      }
    }
  }
}

// Whole numbers have no rounding, so the seven products must give the eight's sums exactly.
TEST(Kernels, StrassenIsExactOnWholeNumbers) {
  const std::size_t m = 31, n = 64, k = 64;
  std::vector<float> a(m * k), w(n * k), want(m * n);
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<float>(i * 7 % 23) - 11;
  for (std::size_t i = 0; i < w.size(); ++i) w[i] = static_cast<float>(i * 5 % 19) - 9;
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t l = 0; l < k; ++l) want[i * n + j] += a[i * k + l] * w[j * k + l];
    }
  }
  for (const Kernels* table : vector_tables()) {
    if (table->gemm_strassen == nullptr) continue;
    const auto seven = packed_seven(*table, w, n, k);
    std::vector<float> got(m * n, 9), work(kStrassenWork);
    table->gemm_strassen(m, n, k / 2, a.data(), k, seven.data(), got.data(), n, nullptr,
                         Start::kZero, work.data());
    EXPECT_EQ(got, want) << table->name;
  }
}

}  // namespace
}  // namespace quire::kernel
