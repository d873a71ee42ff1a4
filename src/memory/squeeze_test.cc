#include "memory/squeeze.h"

#include <gtest/gtest.h>

#include "memory/tier.h"

namespace quire {
namespace {

// Cells filled with a grey level of their own.
std::vector<Image> shades(const PageLayout& layout, std::size_t letters) {
  std::vector<Image> pages;
  const int width = layout.side / layout.columns;
  for (std::size_t i = 0; i < letters; ++i) {
    const auto cell = static_cast<int>(i % static_cast<std::size_t>(layout.capacity()));
    if (cell == 0) pages.emplace_back(layout.side, layout.side);
    const int row = cell / layout.columns, height = layout.side / layout.rows();
    for (int y = row * height; y < (row + 1) * height; ++y) {
      for (int x = 0; x < 3 * width; ++x) {
        pages.back().row(y)[3 * width * (cell % layout.columns) + x] =
            static_cast<std::uint8_t>(i * 7 % 200);
      }
    }
  }
  return pages;
}

TEST(Squeeze, EveryLetterGoesToItsNewPlace) {
  const PageLayout from{1024, 128, 4}, to{512, 64, 8};  // 16 pixels high, then 8
  constexpr std::size_t kLetters = 5000;                // two pages of the lower ones
  const auto low = squeeze(shades(from, kLetters), from, to, kLetters);
  ASSERT_TRUE(low.ok()) << low.status().message();
  ASSERT_EQ(low->size(), 2u);
  const auto capacity = static_cast<std::size_t>(to.capacity());
  for (std::size_t i = 0; i < kLetters; ++i) {
    const auto cell = static_cast<int>(i % capacity);
    const Image& page = (*low)[i / capacity];
    for (const int dy : {0, 4, 7}) {
      ASSERT_EQ(page.row(cell / 64 * 8 + dy)[3 * (cell % 64 * 8 + 3)], i * 7 % 200) << i;
    }
  }
  const auto last = static_cast<int>(kLetters % capacity);
  EXPECT_EQ(low->back().row(last / 64 * 8 + 3)[3 * (last % 64 * 8 + 3)], 255) << "blank behind";
}

TEST(Squeeze, APixelIsTheMeanOfThoseItCovers) {
  // Rows of 16 pixels to rows of 10 2/3: each new pixel covers one and a half old ones.
  const PageLayout from{512, 64, 4}, to{512, 64, 6};
  Image page(512, 512);
  page.row(0)[0] = page.row(0)[1] = page.row(0)[2] = 0;
  const auto low = squeeze({page}, from, to, 64);
  ASSERT_TRUE(low.ok());
  EXPECT_EQ(low->front().row(0)[0], 85);  // two thirds of the first are dark
  EXPECT_EQ(low->front().row(1)[0], 255);
  EXPECT_EQ(low->front().row(0)[3], 255);
}

TEST(Squeeze, SpaceBetweenLinesGoesBeforeLettersDo) {
  // Lines of 32 pixels and of 21 1/3 both have room for letters of 19: nothing is scaled.
  const PageLayout from{1280, 160, 2}, to{1024, 128, 3};
  std::vector<Image> page = {Image(1280, 1280)};
  for (int y = 12; y < 20; ++y) page[0].row(y)[0] = 0;  // red alone would do, pages are grey
  const auto low = squeeze(page, from, to, 1000);
  ASSERT_TRUE(low.ok());
  int dark = 0;
  for (int y = 0; y < 21; ++y) dark += 255 - low->front().row(y)[0];
  EXPECT_NEAR(dark, 8 * 255, 2);
}

TEST(Squeeze, WhatIsNoSqueezeIsRefused) {
  const PageLayout large{1280, 160, 2}, base{1024, 128, 3};
  const std::vector<Image> page = {Image(1280, 1280)};
  EXPECT_FALSE(squeeze({Image(1024, 1024)}, base, large, 10).ok()) << "higher letters";
  EXPECT_FALSE(squeeze(page, large, {1024, 64, 3}, 10).ok()) << "wider letters";
  EXPECT_FALSE(squeeze(page, base, base, 10).ok()) << "a picture of another size";
  EXPECT_FALSE(squeeze(page, large, base, 6401).ok()) << "more letters than a page holds";
  EXPECT_FALSE(squeeze({}, large, base, 1).ok());
  EXPECT_FALSE(squeeze(page, {1280, 0, 2}, base, 1).ok());
  EXPECT_FALSE(squeeze(page, {1280, 150, 2}, base, 1).ok()) << "letters of parts of pixels";
}

TEST(Squeeze, EveryTierIsOnePageOfALeaf) {
  std::size_t sharper = SIZE_MAX;
  for (std::size_t tier = kSharpestPage; tier <= kLastTier; ++tier) {
    const PageLayout layout = layout_of(tier, kLeafLetters);
    EXPECT_EQ(layout.side, kTiers[tier].layout.side);
    EXPECT_GE(static_cast<std::size_t>(layout.capacity()), kLeafLetters);
    EXPECT_LT(leaf_tokens(tier, kLeafLetters), sharper);
    sharper = leaf_tokens(tier, kLeafLetters);
    EXPECT_EQ(find_mode(kTiers[tier].mode)->view_side, layout.side);
    EXPECT_EQ(find_mode(kTiers[tier].mode)->sequence_tokens(layout.side, layout.side), sharper);
  }
  EXPECT_EQ(layout_of(kSharpestPage, 40).side, 512) << "a few letters need no large page";
}

}  // namespace
}  // namespace quire
