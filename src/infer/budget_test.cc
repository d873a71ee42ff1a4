#include "infer/budget.h"

#include <gtest/gtest.h>

namespace quire {
namespace {

std::string chosen(std::size_t budget, int width, int height) {
  const auto mode = mode_for_budget(budget, width, height);
  return mode.ok() ? std::string(mode->name) : mode.status().message();
}

TEST(Budget, MoreTokensShowAPageSharper) {
  EXPECT_EQ(chosen(64, 1190, 1684), "tiny");
  EXPECT_EQ(chosen(255, 1190, 1684), "small");
  EXPECT_EQ(chosen(256, 1190, 1684), "base");
  EXPECT_EQ(chosen(400, 1190, 1684), "large");
  EXPECT_EQ(chosen(856, 1190, 1684), "gundam");  // six tiles of 100 tokens and the view
}

TEST(Budget, TokensThatShowNothingMoreAreNotSpent) {
  EXPECT_EQ(chosen(10'000, 500, 400), "tiny");
  EXPECT_EQ(chosen(10'000, 512, 512), "tiny");
  EXPECT_EQ(chosen(10'000, 513, 100), "small");
  EXPECT_EQ(chosen(10'000, 1000, 1000), "base");
}

TEST(Budget, NeverMoreThanTheBudget) {
  for (std::size_t budget = 64; budget < 3000; budget += 37) {
    for (const auto& [width, height] : {std::pair{300, 200}, {1190, 1684}, {5000, 700}}) {
      const auto mode = mode_for_budget(budget, width, height);
      ASSERT_TRUE(mode.ok());
      EXPECT_LE(mode->vision_tokens(width, height), budget);
    }
  }
}

TEST(Budget, TooLittleIsSaidInWords) {
  const auto none = mode_for_budget(63, 1190, 1684);
  EXPECT_EQ(none.status().code(), Code::kLimit);
  EXPECT_NE(none.status().message().find("64"), std::string::npos);
  EXPECT_FALSE(mode_for_budget(100, 1, 1, kMaxTiles, {}).ok());
}

TEST(Budget, ScaleIsThatOfTheSharpestView) {
  EXPECT_EQ(seen_scale(*find_mode("base"), 2048, 1024), 0.5);
  EXPECT_EQ(seen_scale(*find_mode("gundam"), 1280, 1920), 1);  // 2 x 3 tiles fit exactly
  EXPECT_EQ(seen_scale(*find_mode("tiny"), 100, 100), 1);
}

}  // namespace
}  // namespace quire
