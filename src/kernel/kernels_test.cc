// The vector kernels for matrices against their scalar twins, on sizes that fit no register.
// Tolerances are derived: a sum of k products in float32, in any order, is off by at most about k u
// times the sum of the products' magnitudes (u = 2^-24).
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "kernel/kernels.h"
#include "kernel/test_values.h"

namespace quire::kernel {
namespace {

TEST(Kernels, TheTableInUseIsTheOneAskedFor) {
  const char* wanted = std::getenv("QUIRE_ISA");
  std::string expected = "scalar";
  for (const Kernels* table : vector_tables()) expected = table->name;
  for (const Kernels* table : vector_tables()) {
    if (wanted && std::string(wanted) == table->name) expected = table->name;
  }
  if (wanted && std::string(wanted) == "scalar") expected = "scalar";
  EXPECT_EQ(isa_name(), expected);
  EXPECT_STREQ(scalar_kernels().name, "scalar");

  const Kernels& before = kernels();
  use_kernels(scalar_kernels());
  EXPECT_STREQ(isa_name(), "scalar");
  use_kernels(before);
}

TEST(Kernels, LimitsAreWhatWasDone) {
  const std::vector<float> ones(1000, 1.0f);
  for (const Kernels* table : vector_tables()) {
    for (const std::size_t n : {0u, 1u, 63u, 64u, 1000u})
      EXPECT_EQ(table->read_memory(ones.data(), n), static_cast<float>(n)) << table->name;
    for (const auto busy :
         {table->busy_f32, table->busy_int16, table->busy_bf16, table->busy_int8}) {
      if (busy == nullptr) continue;
      float sink[12] = {0.5f, 0.25f, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
      const double ten = busy(10, sink);
      EXPECT_GT(ten, 0) << table->name;
      EXPECT_EQ(busy(30, sink), 3 * ten) << table->name;
    }
  }
}

TEST(Kernels, WidensEveryHalfAndBfloatExactly) {
  std::vector<std::uint16_t> all(65536);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint16_t>(i);
  for (WeightType type : {kWeightF16, kWeightBF16}) {
    std::vector<float> want(packed_size(32, 2048));
    scalar_kernels().pack[type](all.data(), 4096, 32, 2048, want.data());
    for (const Kernels* table : vector_tables()) {
      std::vector<float> got(want.size());
      table->pack[type](all.data(), 4096, 32, 2048, got.data());
      for (std::size_t i = 0; i < got.size(); ++i) {
        if (std::isnan(want[i])) {
          EXPECT_TRUE(std::isnan(got[i]));
        } else {
          ASSERT_EQ(std::memcmp(&got[i], &want[i], 4), 0)
              << table->name << " " << got[i] << " " << want[i];
        }
      }
    }
  }
}

TEST(Kernels, PackIsTheTwinsPack) {
  for (const Kernels* table : vector_tables()) {
    for (int type = 0; type < kWeightTypes; ++type) {
      for (std::size_t n : kSizes) {
        for (std::size_t k : {1u, 5u, 16u, 67u}) {
          const auto w = random_weights(static_cast<WeightType>(type), n * k);
          std::vector<float> want(packed_size(n, k), -1), got(want);
          scalar_kernels().pack[type](w.data(), k * kWeightBytes[type], n, k, want.data());
          table->pack[type](w.data(), k * kWeightBytes[type], n, k, got.data());
          ASSERT_EQ(got, want) << table->name << " n " << n << " k " << k << " type " << type;
        }
      }
    }
  }
}

TEST(Kernels, GemmOnOddSizes) {
  for (const Kernels* table : vector_tables()) {
    for (std::size_t m : {1u, 5u, 14u, 15u, 29u}) {
      for (std::size_t n : kSizes) {
        for (std::size_t k : {1u, 17u, 256u, 600u}) {
          const std::size_t lda = k + 3, ldc = n + 5;
          const auto a = random_values(m * lda), w = random_values(n * k, 1.0f, 2),
                     bias = random_values(n);
          std::vector<float> packed(packed_size(n, k));
          scalar_kernels().pack[kWeightF32](w.data(), k * 4, n, k, packed.data());
          for (Start start : {Start::kZero, Start::kExists}) {
            std::vector<float> want = random_values(m * ldc, 1.0f, 3), got = want;
            std::vector<double> tolerance(m * ldc, 0x1p-140);
            for (std::size_t i = 0; i < m; ++i) {
              for (std::size_t j = 0; j < n; ++j) {
                double sum = std::abs(want[i * ldc + j]) + std::abs(bias[j]);
                for (std::size_t l = 0; l < k; ++l) sum += std::abs(a[i * lda + l] * w[j * k + l]);
                tolerance[i * ldc + j] = static_cast<double>(k + 3) * kUnit * sum;
              }
            }
            multiply(scalar_kernels(), m, n, k, a.data(), lda, packed, want.data(), ldc,
                     bias.data(), start);
            multiply(*table, m, n, k, a.data(), lda, packed, got.data(), ldc, bias.data(), start);
            expect_near(got, want, tolerance,
                        std::string(table->name) + " gemm " + std::to_string(m) + " " +
                            std::to_string(n) + " " + std::to_string(k));
          }
        }
      }
    }
  }
}

TEST(Kernels, GemmRowsAndSlabsDoNotChangeBits) {
  const std::size_t m = 31, n = 70, k = 700;
  const auto a = random_values(m * k), w = random_values(n * k, 1.0f, 2);
  for (const Kernels* table : vector_tables()) {
    std::vector<float> packed(packed_size(n, k)), whole(m * n), single(m * n), slabs(m * n);
    table->pack[kWeightF32](w.data(), k * 4, n, k, packed.data());
    multiply(*table, m, n, k, a.data(), k, packed, whole.data(), n, nullptr, Start::kZero);
    for (std::size_t i = 0; i < m; ++i) {
      multiply(*table, 1, n, k, &a[i * k], k, packed, &single[i * n], n, nullptr, Start::kZero);
    }
    EXPECT_EQ(whole, single) << table->name;
    for (std::size_t from : {0u, 300u}) {
      const std::size_t depth = from ? 400 : 300;
      table->pack[kWeightF32](&w[from], k * 4, n, depth, packed.data());
      multiply(*table, m, n, depth, &a[from], k, packed, slabs.data(), n, nullptr,
               from ? Start::kExists : Start::kZero);
    }
    EXPECT_EQ(whole, slabs) << table->name;
  }
}

TEST(Kernels, DotRowsOnOddSizesAndOneRowAtATime) {
  for (const Kernels* table : vector_tables()) {
    for (int type = 0; type < kWeightTypes; ++type) {
      for (std::size_t m : {1u, 2u, 3u, 4u, 11u}) {
        for (std::size_t n : {1u, 6u, 8u, 19u}) {
          for (std::size_t k : {1u, 16u, 37u, 600u}) {
            const std::size_t ldx = k + 1, ldy = n + 2, stride = k * kWeightBytes[type];
            const auto x = random_values(m * ldx);
            // One byte off: a file promises no alignment.
            auto w = random_weights(static_cast<WeightType>(type), n * k);
            const auto plain = widened(static_cast<WeightType>(type), w, n, k);
            w.insert(w.begin(), 0);
            std::vector<float> want(m * ldy, 9), got = want, single = want;
            std::vector<double> tolerance(m * ldy, 0x1p-140);
            for (std::size_t i = 0; i < m; ++i) {
              for (std::size_t j = 0; j < n; ++j) {
                double sum = 0;
                for (std::size_t l = 0; l < k; ++l)
                  sum += std::abs(x[i * ldx + l] * plain[j * k + l]);
                tolerance[i * ldy + j] = static_cast<double>(k + 2) * kUnit * sum + 0x1p-140;
              }
            }
            scalar_kernels().dot_rows[type](m, n, k, x.data(), ldx, w.data() + 1, stride,
                                            want.data(), ldy);
            table->dot_rows[type](m, n, k, x.data(), ldx, w.data() + 1, stride, got.data(), ldy);
            for (std::size_t i = 0; i < m; ++i) {
              table->dot_rows[type](1, n, k, &x[i * ldx], ldx, w.data() + 1, stride,
                                    &single[i * ldy], ldy);
            }
            expect_near(got, want, tolerance, std::string(table->name) + " dot_rows");
            EXPECT_EQ(got, single) << "a row's result must not depend on its neighbours";
          }
        }
      }
    }
  }
}

TEST(Kernels, WeightedSum) {
  for (const Kernels* table : vector_tables()) {
    for (const WeightType type : {kWeightF32, kWeightF16, kWeightBF16}) {
      for (std::size_t n : {1u, 3u, 200u}) {
        for (std::size_t d : {1u, 15u, 32u, 40u, 64u, 128u, 131u}) {
          const auto p = random_values(n);
          const auto v = random_weights(type, n * (d + 1));
          const auto plain = widened(type, v, n, d + 1);
          const std::size_t stride = (d + 1) * kWeightBytes[type];
          std::vector<float> want(d), got(d);
          std::vector<double> tolerance(d, 0x1p-140);
          for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < d; ++j) {
              tolerance[j] +=
                  static_cast<double>(n + 1) * kUnit * std::abs(p[i] * plain[i * (d + 1) + j]);
            }
          }
          scalar_kernels().weighted_sum[type](n, d, p.data(), v.data(), stride, want.data(),
                                              Start::kZero);
          table->weighted_sum[type](n, d, p.data(), v.data(), stride, got.data(), Start::kZero);
          expect_near(got, want, tolerance, std::string(table->name) + " weighted_sum");

          std::vector<float> pieces(d, 9);
          const std::size_t first = n / 3;
          table->weighted_sum[type](first, d, p.data(), v.data(), stride, pieces.data(),
                                    Start::kZero);
          table->weighted_sum[type](n - first, d, &p[first], &v[first * stride], stride,
                                    pieces.data(), Start::kExists);
          EXPECT_EQ(pieces, got) << table->name << ": pieces must give the sum's bits";
        }
      }
    }
  }
}

// Every float16 comes back, the numbers halfway between two go to the even one, those beside them
// to the nearer.
TEST(Kernels, RoundsToFloat16AsIeeeAsks) {
  std::vector<std::uint16_t> all(65536);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint16_t>(i);
  std::vector<float> wide(packed_size(1, all.size()));
  scalar_kernels().pack[kWeightF16](all.data(), 0, 1, all.size(), wide.data());
  std::vector<float> values;
  std::vector<std::uint16_t> want;
  const auto add = [&](float value, std::size_t half) {
    values.push_back(value);
    want.push_back(static_cast<std::uint16_t>(half));
  };
  for (std::size_t i = 0; i < all.size(); ++i) {
    const float value = wide[i * kPanel];
    if (std::isnan(value)) continue;
    add(value, i);
    if (std::isinf(value)) continue;
    const bool last = (i & 0x7fff) == 0x7bff;  // the next would be 65536
    const float next = last ? std::copysign(65536.0f, value) : wide[(i + 1) * kPanel];
    const float middle = value + (next - value) / 2;
    add(middle, i % 2 == 0 ? i : i + 1);
    add(std::nextafter(middle, value), i);
    add(std::nextafter(middle, next), i + 1);
  }
  add(1e30f, 0x7c00);
  add(-1e-30f, 0x8000);
  std::vector<const Kernels*> tables = vector_tables();
  tables.push_back(&scalar_kernels());
  for (const Kernels* table : tables) {
    std::vector<std::uint16_t> got(values.size());
    table->to_f16(values.data(), values.size(), got.data());
    EXPECT_EQ(got, want) << table->name;
    const float nan = std::nanf("");
    table->to_f16(&nan, 1, got.data());
    EXPECT_GT(got[0] & 0x7fff, 0x7c00) << table->name;
  }
}

}  // namespace
}  // namespace quire::kernel
