// Every vector kernel against its scalar twin, on sizes that fit no register. Tolerances are
// derived: a sum of k products in float32, in any order, is off by at most about k u times the sum
// of the products' magnitudes (u = 2^-24); elementwise functions by a few units in the last place.
#include "kernel/kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <vector>

namespace quire::kernel {
namespace {

constexpr double kUnit = 0x1p-24;

std::vector<float> random_values(std::size_t n, float scale = 1.0f, unsigned seed = 1) {
  std::mt19937 generator(seed + static_cast<unsigned>(n));
  std::normal_distribution<float> normal(0.0f, scale);
  std::vector<float> values(n);
  for (float& value : values) value = normal(generator);
  return values;
}

// Weight bytes of each type; any 16-bit pattern of moderate exponent is a fine weight.
std::vector<std::uint8_t> random_weights(WeightType type, std::size_t n) {
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

std::vector<const Kernels*> vector_tables() {
  std::vector<const Kernels*> tables;
  for (const Kernels* table :
       {avx2_kernels(), avx512_kernels(), avx512vnni_kernels(), avx512bf16_kernels()}) {
    if (table) tables.push_back(table);
  }
  return tables;
}

// The widened weights, read back through the twin's pack of one column each.
std::vector<float> widened(WeightType type, const std::vector<std::uint8_t>& w, std::size_t n,
                           std::size_t k) {
  std::vector<float> packed(packed_size(n, k)), plain(n * k);
  scalar_kernels().pack[type](w.data(), k * kWeightBytes[type], n, k, packed.data());
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t l = 0; l < k; ++l)
      plain[j * k + l] = packed[j / kPanel * kPanel * k + l * kPanel + j % kPanel];
  }
  return plain;
}

void expect_near(const std::vector<float>& got, const std::vector<float>& want,
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
void expect_units(const std::vector<float>& got, const std::vector<float>& want, double units,
                  double floor, const std::string& what) {
  std::vector<double> tolerance;
  for (float value : want)
    tolerance.push_back(units * 2 * kUnit * std::max<double>(std::abs(value), floor));
  expect_near(got, want, tolerance, what);
}

const std::size_t kSizes[] = {1, 2, 7, 8, 13, 16, 31, 32, 33, 100, 257};

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
            scalar_kernels().gemm(m, n, k, a.data(), lda, packed.data(), want.data(), ldc,
                                  bias.data(), start);
            table->gemm(m, n, k, a.data(), lda, packed.data(), got.data(), ldc, bias.data(), start);
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
    table->gemm(m, n, k, a.data(), k, packed.data(), whole.data(), n, nullptr, Start::kZero);
    for (std::size_t i = 0; i < m; ++i) {
      table->gemm(1, n, k, &a[i * k], k, packed.data(), &single[i * n], n, nullptr, Start::kZero);
    }
    EXPECT_EQ(whole, single) << table->name;
    for (std::size_t from : {0u, 300u}) {
      const std::size_t depth = from ? 400 : 300;
      table->pack[kWeightF32](&w[from], k * 4, n, depth, packed.data());
      table->gemm(m, n, depth, &a[from], k, packed.data(), slabs.data(), n, nullptr,
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
    for (std::size_t n : {1u, 3u, 200u}) {
      for (std::size_t d : {1u, 15u, 32u, 40u, 64u, 128u, 131u}) {
        const auto p = random_values(n), v = random_values(n * (d + 1), 1.0f, 4);
        std::vector<float> want(d), got(d);
        std::vector<double> tolerance(d, 0);
        for (std::size_t i = 0; i < n; ++i) {
          for (std::size_t j = 0; j < d; ++j) {
            tolerance[j] +=
                static_cast<double>(n + 1) * kUnit * std::abs(p[i] * v[i * (d + 1) + j]);
          }
        }
        scalar_kernels().weighted_sum(n, d, p.data(), v.data(), d + 1, want.data());
        table->weighted_sum(n, d, p.data(), v.data(), d + 1, got.data());
        expect_near(got, want, tolerance, std::string(table->name) + " weighted_sum");
      }
    }
  }
}

TEST(Kernels, ElementwiseOnOddSizes) {
  for (const Kernels* table : vector_tables()) {
    const Kernels& twin = scalar_kernels();
    for (std::size_t n : kSizes) {
      for (float scale : {0.1f, 3.0f, 30.0f}) {
        const auto x = random_values(n, scale), other = random_values(n, 1.0f, 5);
        const std::string at = std::string(table->name) + " n " + std::to_string(n);
        auto check = [&](auto run, double units, double floor, const char* what) {
          std::vector<float> want = x, got = x;
          run(twin, want);
          run(*table, got);
          expect_units(got, want, units, floor, at + what);
        };
        // The exponent of e^x carries half a unit of x itself, hence |x| units on top; GELU's tail
        // e^(-x^2/2) the same, where it is below 1e-3 of the value it is taken from.
        check([](const Kernels& t, auto& v) { t.gelu(v.data(), v.size()); }, 6, 1e-1, " gelu");
        check([](const Kernels& t, auto& v) { t.quick_gelu(v.data(), v.size()); }, 6, 1e-1,
              " quick_gelu");
        check([&](const Kernels& t,
                  auto& v) { t.silu_mul(v.data(), other.data(), v.size(), v.data()); },
              8, 1e-1, " silu_mul");
        check([](const Kernels& t, auto& v) { t.softmax(v.data(), v.size()); }, 4 + 2 * scale, 1e-4,
              " softmax");
        check([&](const Kernels& t, auto& v) { t.add(other.data(), v.size(), v.data()); }, 1, 0,
              " add");
        check([&](const Kernels& t,
                  auto& v) { t.add_scaled(0.3f, other.data(), v.size(), v.data()); },
              1, 1, " add_scaled");
      }
    }
  }
}

TEST(Kernels, GeluAndSigmoidsAtTheEnds) {
  const std::vector<float> x = {0.0f,  -0.0f,  1e-30f, -1e-30f, 5.0f, -5.0f,
                                50.0f, -50.0f, 1e10f,  -1e10f,  12.0f};
  for (const Kernels* table : vector_tables()) {
    std::vector<float> y = x;
    table->gelu(y.data(), y.size());
    EXPECT_EQ(y[6], 50.0f);
    EXPECT_EQ(y[8], 1e10f);
    EXPECT_NEAR(y[5], -5.0 * 0.5 * std::erfc(5.0 / std::sqrt(2.0)), 1e-11);
    EXPECT_NEAR(y[7], 0.0f, 1e-30);
    y = x;
    table->quick_gelu(y.data(), y.size());
    EXPECT_EQ(y[8], 1e10f);
    EXPECT_NEAR(y[7], 0.0f, 1e-30);
    EXPECT_NEAR(y[9], 0.0f, 1e-20);
  }
}

TEST(Kernels, Norms) {
  for (const Kernels* table : vector_tables()) {
    for (std::size_t n : kSizes) {
      auto x = random_values(n, 2.0f);
      for (float& value : x) value += 1.0f;
      const auto weight = random_values(n, 1.0f, 5), bias = random_values(n, 1.0f, 6);
      std::vector<float> want(n), got(n);
      scalar_kernels().rms_norm(x.data(), n, weight.data(), 1e-6f, want.data());
      table->rms_norm(x.data(), n, weight.data(), 1e-6f, got.data());
      // The sum of squares has only positive terms: n/lanes + log steps, each within one unit.
      expect_units(got, want, 4 + static_cast<double>(n) / 8, 0,
                   std::string(table->name) + " rms_norm");
      if (n < 7) continue;  // one or two values cancel to nothing: no bound to test against
      scalar_kernels().layer_norm(x.data(), n, weight.data(), bias.data(), 1e-6f, want.data());
      table->layer_norm(x.data(), n, weight.data(), bias.data(), 1e-6f, got.data());
      expect_units(got, want, 8 + static_cast<double>(n) / 8, 8,
                   std::string(table->name) + " layer_norm");
    }
  }
}

TEST(Kernels, RopeAndRelativePositions) {
  for (const Kernels* table : vector_tables()) {
    for (std::size_t half : {1u, 8u, 16u, 20u, 64u}) {
      std::vector<float> cosines(half), sines(half);
      for (std::size_t j = 0; j < half; ++j) {
        cosines[j] = std::cos(static_cast<float>(j));
        sines[j] = std::sin(static_cast<float>(j));
      }
      std::vector<float> want = random_values(2 * half), got = want;
      scalar_kernels().rope(want.data(), half, cosines.data(), sines.data());
      table->rope(got.data(), half, cosines.data(), sines.data());
      expect_units(got, want, 2, 4, std::string(table->name) + " rope");
    }
    for (std::size_t width : {1u, 7u, 14u, 32u, 65u}) {
      const auto along_y = random_values(3), along_x = random_values(width);
      std::vector<float> want = random_values(3 * width), got = want;
      scalar_kernels().add_rel_pos(want.data(), 3, width, along_y.data(), along_x.data());
      table->add_rel_pos(got.data(), 3, width, along_y.data(), along_x.data());
      expect_units(got, want, 0.5, 0, std::string(table->name) + " add_rel_pos");
    }
  }
}

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
            table->gemm_bf16(m, n, k, a.data(), k, packed.data(), got.data(), ldc, bias.data(),
                             start);
            scalar_kernels().gemm_bf16(m, n, k, a.data(), k, packed.data(), want.data(), ldc,
                                       bias.data(), start);
            // The unit rounds each step as float32 does; |a| and |w| are a few units at most.
            const double magnitude = 8.0 * static_cast<double>(k) + 8;
            expect_near(
                got, want,
                std::vector<double>(got.size(), (static_cast<double>(k) + 3) * kUnit * magnitude),
                std::string(table->name) + " gemm_bf16");
          }
        }
      }
    }
  }
}

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

TEST(Kernels, LimitsAreWhatWasDone) {
  const std::vector<float> ones(1000, 1.0f);
  for (const Kernels* table : vector_tables()) {
    for (const std::size_t n : {0u, 1u, 63u, 64u, 1000u})
      EXPECT_EQ(table->read_memory(ones.data(), n), static_cast<float>(n)) << table->name;
    for (const auto busy : {table->busy_f32, table->busy_bf16, table->busy_int8}) {
      if (busy == nullptr) continue;
      float sink[12] = {0.5f, 0.25f, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
      const double ten = busy(10, sink);
      EXPECT_GT(ten, 0) << table->name;
      EXPECT_EQ(busy(30, sink), 3 * ten) << table->name;
    }
  }
}

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
