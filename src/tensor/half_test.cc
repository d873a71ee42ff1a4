#include "tensor/half.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace quire {
namespace {

// The textbook formula, to which the bit tricks must agree.
double half_by_definition(std::uint16_t half) {
  const int exponent = half >> 10 & 31, mantissa = half & 1023;
  const double magnitude =
      exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25);
  return half & 0x8000 ? -magnitude : magnitude;
}

TEST(Half, EveryFiniteHalfDecodesAsDefinedAndComesBack) {
  for (int bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    if ((half & 0x7c00) == 0x7c00) continue;
    ASSERT_EQ(f16_to_float(half), half_by_definition(half)) << bits;
    ASSERT_EQ(std::signbit(f16_to_float(half)), (half & 0x8000) != 0) << bits;
    ASSERT_EQ(float_to_f16(f16_to_float(half)), half) << bits;
  }
}

TEST(Half, InfinityAndNanSurvive) {
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(f16_to_float(0x7c00), infinity);
  EXPECT_EQ(f16_to_float(0xfc00), -infinity);
  EXPECT_TRUE(std::isnan(f16_to_float(0x7c01)));
  EXPECT_EQ(float_to_f16(-infinity), 0xfc00);
  EXPECT_TRUE(std::isnan(f16_to_float(float_to_f16(std::nanf("")))));
  EXPECT_TRUE(std::isnan(bf16_to_float(float_to_bf16(std::bit_cast<float>(0x7f800001u)))));
  EXPECT_EQ(bf16_to_float(float_to_bf16(infinity)), infinity);
}

TEST(Half, RoundsToNearestTiesToEven) {
  for (int bits = 0; bits < 0x7bff; ++bits) {
    const auto below = static_cast<std::uint16_t>(bits),
               above = static_cast<std::uint16_t>(bits + 1);
    const float low = f16_to_float(below), high = f16_to_float(above);
    const float middle = low + (high - low) / 2;  // exact in float
    ASSERT_EQ(float_to_f16(middle), bits % 2 == 0 ? below : above) << bits;
    ASSERT_EQ(float_to_f16(std::nextafter(middle, 0.0f)), below) << bits;
    ASSERT_EQ(float_to_f16(std::nextafter(middle, high)), above) << bits;
    ASSERT_EQ(float_to_f16(-middle), 0x8000 | (bits % 2 == 0 ? below : above)) << bits;
  }
  EXPECT_EQ(float_to_f16(65519.996f), 0x7bff);
  EXPECT_EQ(float_to_f16(65520.0f), 0x7c00);
}

TEST(Bf16, RoundsToNearestTiesToEven) {
  EXPECT_EQ(float_to_bf16(1.0f), 0x3f80);
  EXPECT_EQ(float_to_bf16(std::bit_cast<float>(0x3f808000u)), 0x3f80);  // tie, even below
  EXPECT_EQ(float_to_bf16(std::bit_cast<float>(0x3f818000u)), 0x3f82);  // tie, even above
  EXPECT_EQ(float_to_bf16(std::bit_cast<float>(0x3f808001u)), 0x3f81);
  EXPECT_EQ(float_to_bf16(std::bit_cast<float>(0xbf807fffu)), 0xbf80);
  EXPECT_EQ(float_to_bf16(std::numeric_limits<float>::max()), 0x7f80);
  for (int bits = 0; bits < 0x10000; ++bits) {
    const auto bf16 = static_cast<std::uint16_t>(bits);
    if (std::isnan(bf16_to_float(bf16))) continue;
    ASSERT_EQ(float_to_bf16(bf16_to_float(bf16)), bf16) << bits;
  }
}

}  // namespace
}  // namespace quire
