#include "image/turn.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "image/orientation.h"
#include "image/turn_features.h"

namespace quire {
namespace {

TEST(Turn, PatternsTurnAsPicturesDo) {
  std::mt19937 random(4);
  for (int pattern = 0; pattern < kTurnPatterns; ++pattern) {
    Image picture(3, 3, 255);
    for (int x = 0; x < 3; ++x) {
      for (int y = 0; y < 3; ++y) {
        if ((pattern & turn_bit(x, y)) != 0) picture.row(y)[3 * x] = 0;
      }
    }
    const Image turned = apply_orientation(picture, 6);  // a quarter clockwise
    int expected = 0;
    for (int x = 0; x < 3; ++x) {
      for (int y = 0; y < 3; ++y) {
        if (turned.row(y)[3 * x] == 0) expected |= turn_bit(x, y);
      }
    }
    EXPECT_EQ(quarter_turned(pattern), expected);
  }
}

TEST(Turn, TheFingerprintTurnsWithThePage) {
  std::mt19937 random(4);
  Image page(48, 36);  // sides that all scales divide
  for (std::size_t i = 0; i < page.rgb.size(); i += 3) {
    std::fill_n(page.rgb.begin() + static_cast<std::ptrdiff_t>(i), 3, random() % 5 == 0 ? 0 : 255);
  }
  const TurnFeatures upright = turn_features(page);
  const TurnFeatures turned = turn_features(apply_orientation(page, 6));
  EXPECT_GT(upright.counted, 0);
  EXPECT_EQ(upright.counted, turned.counted);
  for (std::size_t scale = 0; scale < kTurnScales; ++scale) {
    for (int p = 0; p < kTurnPatterns; ++p) {
      EXPECT_FLOAT_EQ(upright.value[scale][static_cast<std::size_t>(p)],
                      turned.value[scale][static_cast<std::size_t>(quarter_turned(p))]);
    }
  }
}

TEST(Turn, NothingToReadIsNeverSure) {
  EXPECT_FALSE(find_turn(Image()).sure);
  EXPECT_FALSE(find_turn(Image(1, 1)).sure);
  EXPECT_FALSE(find_turn(Image(1200, 1600)).sure);
  Image noise(400, 500);
  std::mt19937 random(1);
  for (auto& byte : noise.rgb) byte = static_cast<std::uint8_t>(random());
  EXPECT_FALSE(find_turn(noise).sure);
  Image rules(800, 1000);  // a sheet of music without notes
  for (int y = 20; y < 980; y += 20) std::fill_n(rules.row(y) + 60, 3 * 760, std::uint8_t{0});
  EXPECT_FALSE(find_turn(rules).sure);
}

}  // namespace
}  // namespace quire
