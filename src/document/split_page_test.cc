#include "document/split_page.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace quire {
namespace {

// Something like lines of text.
void fill(Image& page, const PixelBox& box) {
  for (int y = box.top; y < box.bottom; y += 3) {
    std::fill_n(page.row(y) + 3 * box.left, 3 * box.width(), std::uint8_t{0});
  }
}

// Every pixel is in exactly one part, and no part is too large.
void expect_partition(const std::vector<PixelBox>& parts, int width, int height, int side) {
  std::vector<int> covered(static_cast<std::size_t>(width * height));
  for (const PixelBox& part : parts) {
    EXPECT_GT(part.width(), 0);
    EXPECT_GT(part.height(), 0);
    EXPECT_LE(std::max(part.width(), part.height()), side);
    for (int y = part.top; y < part.bottom; ++y) {
      for (int x = part.left; x < part.right; ++x)
        ++covered[static_cast<std::size_t>(y * width + x)];
    }
  }
  EXPECT_EQ(std::count(covered.begin(), covered.end(), 1), width * height);
}

TEST(SplitPage, OrdinaryPagesStayWhole) {
  for (const auto& [width, height] : {std::pair{1190, 1684}, {1, 1}, {2496, 100}}) {
    const auto parts = split_page(Image(width, height));
    ASSERT_EQ(parts.size(), 1U);
    EXPECT_EQ(parts[0], (PixelBox{0, 0, width, height}));
  }
}

TEST(SplitPage, CutsBetweenColumnsAndParagraphsInReadingOrder) {
  Image page(400, 300);
  // A headline above two columns, the gap between them not in the middle.
  const PixelBox headline{10, 10, 390, 110}, left{10, 130, 230, 290}, right{250, 130, 390, 290};
  for (const PixelBox& box : {headline, left, right}) fill(page, box);
  const auto parts = split_page(page, {.part_side = 250, .slack = 1});
  expect_partition(parts, 400, 300, 250);
  // The headline is wider than a part: it is cut, the columns are not.
  const auto holder = [&](const PixelBox& box) {
    return std::find_if(parts.begin(), parts.end(), [&](const PixelBox& part) {
      return part.left <= box.left && part.right >= box.right && part.top <= box.top &&
             part.bottom >= box.bottom;
    });
  };
  ASSERT_NE(holder(left), parts.end());
  ASSERT_NE(holder(right), parts.end());
  EXPECT_LT(holder(left), holder(right));
  EXPECT_LT(parts.front().bottom, 131);
}

TEST(SplitPage, CutsWithoutAnyGapToo) {
  std::mt19937 random(2);
  Image noise(301, 97);
  for (auto& byte : noise.rgb) byte = static_cast<std::uint8_t>(random());
  expect_partition(split_page(noise, {.part_side = 40, .slack = 1}), 301, 97, 40);
  expect_partition(split_page(Image(200, 90, 0), {.part_side = 64, .slack = 1.3}), 200, 90, 83);
  expect_partition(split_page(Image(5, 3), {.part_side = 2, .slack = 1}), 5, 3, 2);
}

Answer answer_of(const std::string& text) {
  Answer answer;
  answer.text = text;
  return answer;
}

TEST(SplitPage, ReadingsComeTogetherWhereTheyBelong) {
  const PixelBox boxes[] = {{0, 0, 1000, 2000}, {1000, 0, 3000, 2000}};
  const DocumentPage parts[] = {
      make_page(answer_of("<|ref|>text<|/ref|><|det|>[[0, 0, 999, 999]]<|/det|>left"), 1000, 2000),
      make_page(answer_of("<|ref|>text<|/ref|><|det|>[[0, 500, 999, 999]]<|/det|>right"), 2000,
                2000)};
  const DocumentPage page = stitch_parts(boxes, parts, 3000, 2000);
  EXPECT_EQ(page.text(), "left\n\nright");
  ASSERT_EQ(page.blocks.size(), 2U);
  EXPECT_EQ(page.blocks[0].boxes[0], (PixelBox{0, 0, 1000, 2000}));
  EXPECT_EQ(page.blocks[1].boxes[0], (PixelBox{1000, 1001, 3000, 2000}));
  EXPECT_EQ(page.grounding.regions[1].boxes[0].normalised,
            (std::array<int, 4>{333, 500, 999, 999}));
}

TEST(SplitPage, TextWithoutTagsFollowsInOrder) {
  const PixelBox boxes[] = {{0, 0, 10, 10}, {10, 0, 20, 10}, {0, 10, 20, 20}};
  const DocumentPage parts[] = {
      make_page(answer_of("one"), 10, 10),
      make_page(answer_of("<|ref|>title<|/ref|><|det|>[[0, 0, 9, 9]]<|/det|>two"), 10, 10),
      make_page(answer_of("three"), 20, 10)};
  EXPECT_EQ(stitch_parts(boxes, parts, 20, 20).text(), "one\n\ntwo\n\nthree");
  EXPECT_EQ(stitch_parts({}, {}, 20, 20).text(), "");
}

}  // namespace
}  // namespace quire
