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

constexpr std::size_t kQ8Bytes = kPanelLayouts[kPanelQ8_0].file_bytes;

// Rows of Q8_0 blocks as a file has them; some values are -128, which no quantiser writes.
std::vector<std::uint8_t> random_q8(std::size_t n, std::size_t k) {
  std::vector<std::uint8_t> bytes(n * k / kQ8Block * kQ8Bytes);
  std::mt19937 generator(static_cast<unsigned>(n * 31 + k));
  for (std::size_t at = 0; at < bytes.size(); at += kQ8Bytes) {
    const std::uint16_t scale =
        static_cast<std::uint16_t>((generator() & 0x8000) | 0x2000 | (generator() & 0x7ff));
    std::memcpy(&bytes[at], &scale, 2);
    for (std::size_t i = 2; i < kQ8Bytes; ++i)
      bytes[at + i] = static_cast<std::uint8_t>(generator());
  }
  bytes[2] = 0x80;
  return bytes;
}

std::vector<Q8Block> quantised(const Kernels& table, const std::vector<float>& x, std::size_t k) {
  std::vector<Q8Block> blocks(x.size() / kQ8Block);
  for (std::size_t i = 0; i < x.size() / k; ++i)
    table.quantise_q8(x.data() + i * k, k, blocks.data() + i * (k / kQ8Block));
  return blocks;
}

std::vector<const Kernels*> all_tables() {
  std::vector<const Kernels*> all = vector_tables();
  all.insert(all.begin(), &scalar_kernels());
  return all;
}

// x times packed (n, k), which must not depend on how many rows there are, or which is first.
std::vector<float> products(const Kernels& table, PanelType type, std::size_t n, std::size_t k,
                            const std::vector<Q8Block>& x,
                            const std::vector<std::uint8_t>& packed) {
  const std::size_t blocks = k / kQ8Block, m = x.size() / blocks;
  std::vector<float> all(m * n);
  table.gemm_int8[type](m, n, k, x.data(), packed.data(), all.data(), n);
  for (std::size_t rows = 1; rows < m; ++rows) {
    const std::size_t from = m - rows;
    std::vector<float> some(rows * n);
    table.gemm_int8[type](rows, n, k, &x[from * blocks], packed.data(), some.data(), n);
    const auto first = all.begin() + static_cast<std::ptrdiff_t>(from * n);
    EXPECT_TRUE(std::equal(some.begin(), some.end(), first)) << table.name << ' ' << rows;
  }
  return all;
}

TEST(Kernels, QuantisesRowsToTheNearest) {
  const std::size_t k = 96;
  std::vector<float> x = random_values(k);
  std::fill(x.begin() + 32, x.begin() + 64, 0.0f);
  x[5] = -9.0f;
  const std::vector<Q8Block> want = quantised(scalar_kernels(), x, k);
  EXPECT_EQ(want[0].values[5], -127);
  EXPECT_EQ(want[1].scale, 0.0f);
  for (std::size_t i = 0; i < k; ++i) {
    const Q8Block& block = want[i / kQ8Block];
    const double scale = block.scale;
    EXPECT_LE(std::abs(block.values[i % kQ8Block] * scale - x[i]), scale * 0.5001) << i;
  }
  for (const Q8Block& block : want) {
    int halves[2] = {};
    for (std::size_t i = 0; i < kQ8Block; ++i) halves[i / 16] += block.values[i];
    EXPECT_EQ(block.halves[0], -32 * halves[0]);
    EXPECT_EQ(block.halves[1], -32 * halves[1]);
    EXPECT_EQ(block.offset, -128 * (halves[0] + halves[1]));
    EXPECT_FLOAT_EQ(block.minus_sum, -block.scale * static_cast<float>(halves[0] + halves[1]));
  }
  for (const Kernels* table : vector_tables()) {
    const std::vector<Q8Block> got = quantised(*table, x, k);
    for (std::size_t i = 0; i < want.size(); ++i)
      EXPECT_EQ(std::memcmp(&got[i], &want[i], sizeof(Q8Block)), 0) << table->name << ' ' << i;
  }
}

TEST(Kernels, BlocksBecomeFloatsExactly) {
  const std::size_t k = 160;
  const std::vector<std::uint8_t> blocks = random_q8(1, k);
  std::vector<float> want;
  for (std::size_t at = 0; at < blocks.size(); at += kQ8Bytes) {
    const float scale = widened(kWeightF16,
                                {blocks.begin() + static_cast<std::ptrdiff_t>(at),
                                 blocks.begin() + static_cast<std::ptrdiff_t>(at) + 2},
                                1, 1)[0];
    for (std::size_t i = 0; i < kQ8Block; ++i)
      want.push_back(scale * static_cast<std::int8_t>(blocks[at + 2 + i]));
  }
  for (const Kernels* table : all_tables()) {
    std::vector<float> got(k);
    table->from_q8(blocks.data(), k, got.data());
    EXPECT_EQ(got, want) << table->name;
  }
}

// Rows of blocks give the bits that the floats they stand for give.
TEST(Kernels, BlocksAreReadWhereTheyLie) {
  for (const Kernels* table : all_tables()) {
    for (const std::size_t k : {32u, 64u, 96u, 128u, 352u}) {
      for (const std::size_t n : {1u, 6u, 19u}) {
        const std::size_t stride = k / kQ8Block * kQ8Bytes;
        std::vector<std::uint8_t> blocks = random_q8(n, k);
        std::vector<float> plain(n * k);
        table->from_q8(blocks.data(), n * k, plain.data());
        blocks.insert(blocks.begin(), 0);  // one byte off
        for (const std::size_t m : {1u, 3u, 4u, 11u}) {
          const auto x = random_values(m * k);
          std::vector<float> want(m * n), got(m * n);
          table->dot_rows[kWeightF32](m, n, k, x.data(), k, plain.data(), 4 * k, want.data(), n);
          table->dot_rows[kRowQ8_0](m, n, k, x.data(), k, &blocks[1], stride, got.data(), n);
          EXPECT_EQ(got, want) << table->name << " dot_rows";
        }
        const auto p = random_values(n);
        for (const Start start : {Start::kZero, Start::kExists}) {
          std::vector<float> want = random_values(k), got = want;
          table->weighted_sum[kWeightF32](n, k, p.data(), plain.data(), 4 * k, want.data(), start);
          table->weighted_sum[kRowQ8_0](n, k, p.data(), &blocks[1], stride, got.data(), start);
          EXPECT_EQ(got, want) << table->name << " weighted_sum";
        }
      }
    }
  }
}

TEST(Kernels, Int8ProductsAreThoseOfTheFilesValues) {
  for (const std::size_t k : {32u, 64u, 352u}) {
    for (const std::size_t n : {1u, 15u, 16u, 37u}) {
      const std::vector<std::uint8_t> w = random_q8(n, k);
      const std::size_t stride = k / kQ8Block * kQ8Bytes;
      std::vector<std::uint8_t> packed(packed_int8_size(kPanelQ8_0, n, k));
      scalar_kernels().pack_int8[kPanelQ8_0](w.data(), stride, n, k, packed.data());
      const std::size_t m = 19;
      const std::vector<Q8Block> x = quantised(scalar_kernels(), random_values(m * k), k);
      // From the blocks themselves, without packing: exact sums in double.
      std::vector<float> want(m * n);
      std::vector<double> tolerance(m * n);
      for (std::size_t i = 0; i < m; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
          double sum = 0, magnitude = 0;
          for (std::size_t block = 0; block < k / kQ8Block; ++block) {
            const std::uint8_t* const at = &w[j * stride + block * kQ8Bytes];
            const std::vector<std::uint8_t> scale(at, at + 2);
            const double weight = widened(kWeightF16, scale, 1, 1)[0];
            const Q8Block& own = x[i * k / kQ8Block + block];
            for (std::size_t l = 0; l < kQ8Block; ++l) {
              const double product = weight * static_cast<std::int8_t>(at[2 + l]) * own.values[l] *
                                     static_cast<double>(own.scale);
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
      for (const Kernels* table : all_tables()) {
        std::vector<std::uint8_t> repacked(packed.size());
        table->pack_int8[kPanelQ8_0](w.data(), stride, n, k, repacked.data());
        EXPECT_EQ(repacked, packed) << table->name;
        const std::vector<float> got = products(*table, kPanelQ8_0, n, k, x, packed);
        expect_near(got, want, tolerance, std::string(table->name) + " gemm_int8");
        if (table == &scalar_kernels()) continue;
        if (first.empty()) first = got;
        EXPECT_EQ(got, first) << table->name;
      }
    }
  }
}

// Packed nibbles: random bits under scales of an ordinary size. That the twin's values are those of
// the file is for op/linear_test.cc to say, which has a decoder to compare with.
TEST(Kernels, Int8ProductsOfPackedNibblesAreTheTwins) {
  struct Row {
    PanelType type;
    std::size_t scales, count;  // where a block's float16 numbers stand, and how many they are
  };
  const std::size_t n = 37, k = 512, m = 19;
  for (const auto& [type, scales, count] : {Row{kPanelQ4_0, 0, 1},
                                            {kPanelQ5_0, 0, 1},
                                            {kPanelQ4_K, 0, 2},
                                            {kPanelQ5_K, 0, 2},
                                            {kPanelQ6_K, 208, 1}}) {
    const PanelLayout& layout = kPanelLayouts[type];
    const std::size_t stride = k / layout.group * layout.file_bytes;
    std::vector<std::uint8_t> w(n * stride);
    std::mt19937 generator(static_cast<unsigned>(type));
    for (std::uint8_t& byte : w) byte = static_cast<std::uint8_t>(generator());
    for (std::size_t at = scales; at < w.size(); at += layout.file_bytes) {
      for (std::size_t i = 0; i < count; ++i)
        w[at + 2 * i + 1] = static_cast<std::uint8_t>((generator() & 0x80) | 0x10);
    }
    std::vector<std::uint8_t> packed(packed_int8_size(type, n, k));
    scalar_kernels().pack_int8[type](w.data(), stride, n, k, packed.data());
    const std::vector<Q8Block> x = quantised(scalar_kernels(), random_values(m * k), k);
    std::vector<float> want(m * n), first;
    scalar_kernels().gemm_int8[type](m, n, k, x.data(), packed.data(), want.data(), n);
    for (const Kernels* table : vector_tables()) {
      std::vector<std::uint8_t> repacked(packed.size());
      table->pack_int8[type](w.data(), stride, n, k, repacked.data());
      EXPECT_EQ(repacked, packed) << table->name;
      const std::vector<float> got = products(*table, type, n, k, x, packed);
      expect_units(got, want, 64, 1.0, std::string(table->name) + " gemm_int8");
      if (first.empty()) first = got;
      EXPECT_EQ(got, first) << table->name;
    }
  }
}

}  // namespace
}  // namespace quire::kernel
