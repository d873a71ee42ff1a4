// Products in bfloat16 against their scalar twin.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "kernel/kernels.h"
#include "kernel/test_values.h"

namespace quire::kernel {
namespace {

TEST(Kernels, Bf16ProductsRoundTheirFactorsOnly) {
  for (const Kernels* table : vector_tables()) {
    if (!table->gemm_bf16) continue;
    for (const std::size_t k : {1u, 2u, 31u, 64u, 515u, 1100u}) {
      for (const std::size_t n : {1u, 16u, 33u, 70u}) {
        const std::size_t m = 31, ldc = n + 3;
        const std::vector<float> a = random_values(m * k), bias = random_values(n, 1.0f, 3);
        for (const WeightType type : {kWeightF32, kWeightF16, kWeightBF16}) {
          const std::vector<std::uint8_t> w = random_weights(type, n * k);
          std::vector<std::uint32_t> packed(packed_pairs(n, k), 7), twin(packed.size(), 9);
          table->pack_bf16[type](w.data(), k * kWeightBytes[type], n, k, packed.data());
          scalar_kernels().pack_bf16[type](w.data(), k * kWeightBytes[type], n, k, twin.data());
          ASSERT_EQ(packed, twin) << type << " " << n << " " << k;
          for (const Start start : {Start::kZero, Start::kExists}) {
            std::vector<float> got = random_values(m * ldc, 1.0f, 5), want = got;
            multiply_bf16(*table, m, n, k, a.data(), k, packed, got.data(), ldc, bias.data(),
                          start);
            multiply_bf16(scalar_kernels(), m, n, k, a.data(), k, packed, want.data(), ldc,
                          bias.data(), start);
            // The unit rounds each step as float32 does; |a| and |w| are a few units at most.
            const double magnitude = 8.0 * static_cast<double>(k) + 8;
            expect_near(
                got, want,
                std::vector<double>(got.size(), (static_cast<double>(k) + 3) * kUnit * magnitude),
                std::string(table->name) + " gemm_bf16 " + std::to_string(n) + " " +
                    std::to_string(k));
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace quire::kernel
