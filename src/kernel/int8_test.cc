// Products in int8 against exact sums over a file's own blocks.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "kernel/kernels.h"
#include "kernel/test_values.h"

namespace quire::kernel {
namespace {

// Rows of Q8_0 blocks as a file has them; some values are -128, which no quantiser writes.
std::vector<std::uint8_t> random_q8(std::size_t n, std::size_t k) {
  std::vector<std::uint8_t> bytes(n * k / kQ8Block * kQ8BlockBytes);
  std::mt19937 generator(static_cast<unsigned>(n * 31 + k));
  for (std::size_t at = 0; at < bytes.size(); at += kQ8BlockBytes) {
    const std::uint16_t scale =
        static_cast<std::uint16_t>((generator() & 0x8000) | 0x2000 | (generator() & 0x7ff));
    std::memcpy(&bytes[at], &scale, 2);
    for (std::size_t i = 2; i < kQ8BlockBytes; ++i)
      bytes[at + i] = static_cast<std::uint8_t>(generator());
  }
  bytes[2] = 0x80;
  return bytes;
}

// Quantised rows with the memory they need.
struct OwnedQ8Rows {
  OwnedQ8Rows(const Kernels& table, const std::vector<float>& x, std::size_t m, std::size_t k)
      : values(m * k), scales(m * k / kQ8Block), offsets(m * k / kQ8Block) {
    for (std::size_t i = 0; i < m; ++i) {
      table.quantise_q8(x.data() + i * k, k,
                        {values.data() + i * k, scales.data() + i * k / kQ8Block,
                         offsets.data() + i * k / kQ8Block});
    }
  }
  Q8Rows rows() { return {values.data(), scales.data(), offsets.data()}; }

  std::vector<std::int8_t> values;
  std::vector<float> scales;
  std::vector<std::int32_t> offsets;
};

TEST(Kernels, QuantisesRowsToTheNearest) {
  const std::size_t k = 96;
  std::vector<float> x = random_values(k);
  std::fill(x.begin() + 32, x.begin() + 64, 0.0f);
  x[5] = -9.0f;
  const OwnedQ8Rows want(scalar_kernels(), x, 1, k);
  EXPECT_EQ(want.values[5], -127);
  EXPECT_EQ(want.scales[1], 0.0f);
  for (std::size_t i = 0; i < k; ++i) {
    const double scale = want.scales[i / kQ8Block];
    EXPECT_LE(std::abs(want.values[i] * scale - x[i]), scale * 0.5001) << i;
  }
  for (const Kernels* table : vector_tables()) {
    const OwnedQ8Rows got(*table, x, 1, k);
    EXPECT_EQ(got.values, want.values) << table->name;
    EXPECT_EQ(got.scales, want.scales) << table->name;
    EXPECT_EQ(got.offsets, want.offsets) << table->name;
  }
}

TEST(Kernels, Int8ProductsAreThoseOfTheFilesValues) {
  for (const std::size_t k : {32u, 64u, 352u}) {
    for (const std::size_t n : {1u, 15u, 16u, 37u}) {
      const std::vector<std::uint8_t> w = random_q8(n, k);
      const std::size_t stride = k / kQ8Block * kQ8BlockBytes;
      std::vector<std::uint8_t> packed(packed_q8_size(n, k));
      scalar_kernels().pack_q8(w.data(), stride, n, k, packed.data());
      const std::size_t m = 11;
      OwnedQ8Rows x(scalar_kernels(), random_values(m * k), m, k);
      // From the blocks themselves, without packing: exact sums in double.
      std::vector<float> want(m * n);
      std::vector<double> tolerance(m * n);
      for (std::size_t i = 0; i < m; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
          double sum = 0, magnitude = 0;
          for (std::size_t block = 0; block < k / kQ8Block; ++block) {
            const std::uint8_t* const at = &w[j * stride + block * kQ8BlockBytes];
            const std::vector<std::uint8_t> scale(at, at + 2);
            const double weight = widened(kWeightF16, scale, 1, 1)[0];
            for (std::size_t l = 0; l < kQ8Block; ++l) {
              const double product = weight * static_cast<std::int8_t>(at[2 + l]) *
                                     x.values[i * k + block * kQ8Block + l] *
                                     static_cast<double>(x.scales[(i * k) / kQ8Block + block]);
              sum += product;
              magnitude += std::abs(product);
            }
          }
          want[i * n + j] = static_cast<float>(sum);
          // Two roundings a block and one at the end.
          tolerance[i * n + j] =
              (3.0 * static_cast<double>(k / kQ8Block) + 1) * kUnit * magnitude + 1e-30;
        }
      }
      std::vector<float> first;  // of the vector tables: they agree to the bit
      for (const Kernels* table : [&] {
             std::vector<const Kernels*> all = vector_tables();
             all.insert(all.begin(), &scalar_kernels());
             return all;
           }()) {
        std::vector<std::uint8_t> repacked(packed.size());
        table->pack_q8(w.data(), stride, n, k, repacked.data());
        EXPECT_EQ(repacked, packed) << table->name;
        std::vector<float> got(m * n), alone(m * n);
        table->gemm_q8(m, n, k, x.rows(), packed.data(), got.data(), n);
        expect_near(got, want, tolerance, std::string(table->name) + " gemm_q8");
        for (std::size_t i = 0; i < m; ++i) {
          table->gemm_q8(1, n, k,
                         {x.values.data() + i * k, x.scales.data() + i * k / kQ8Block,
                          x.offsets.data() + i * k / kQ8Block},
                         packed.data(), alone.data() + i * n, n);
        }
        EXPECT_EQ(alone, got) << table->name;
        if (table == &scalar_kernels()) continue;
        if (first.empty()) first = got;
        EXPECT_EQ(got, first) << table->name;
      }
    }
  }
}

}  // namespace
}  // namespace quire::kernel
