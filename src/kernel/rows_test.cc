// The kernels over one row of values against their scalar twins, to a few units in the last place.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "kernel/kernels.h"
#include "kernel/test_values.h"

namespace quire::kernel {
namespace {

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

// A softmax in pieces is the softmax of the whole, whichever piece holds the largest value.
TEST(Kernels, SoftmaxPieceByPiece) {
  std::vector<const Kernels*> tables = vector_tables();
  tables.push_back(&scalar_kernels());
  for (const Kernels* table : tables) {
    for (const float slope : {-0.2f, 0.0f, 0.2f}) {
      std::vector<float> x = random_values(150, 3.0f);
      for (std::size_t i = 0; i < x.size(); ++i) x[i] += slope * static_cast<float>(i);
      std::vector<float> want = x;
      scalar_kernels().softmax(want.data(), want.size());
      float largest = -std::numeric_limits<float>::infinity(), sum = 0;
      std::size_t done = 0;
      for (const std::size_t piece : {1u, 64u, 7u, 78u}) {
        const float factor =
            table->softmax_step(&x[done], piece, table->largest(&x[done], piece), &largest, &sum);
        EXPECT_LE(factor, 1.0f);
        for (std::size_t i = 0; i < done; ++i) x[i] *= factor;
        done += piece;
      }
      ASSERT_EQ(done, x.size());
      for (float& value : x) value /= sum;
      // Beside softmax's own error four factors, each with an exponent off by its size in units.
      expect_units(x, want, 4 + 2 * 40, 1e-4, std::string(table->name) + " softmax_step");
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
      const float largest =
          table->add_rel_pos(got.data(), 3, width, along_y.data(), along_x.data());
      EXPECT_EQ(largest, *std::max_element(got.begin(), got.end())) << table->name;
      EXPECT_EQ(table->largest(got.data(), got.size()), largest) << table->name;
      expect_units(got, want, 0.5, 0, std::string(table->name) + " add_rel_pos");
    }
  }
}

}  // namespace
}  // namespace quire::kernel
