#include "image/blank.h"

#include <gtest/gtest.h>

namespace quire {
namespace {

TEST(Blank, PaperIsBlankAndADotIsNot) {
  Image paper(200, 300, 250);
  EXPECT_TRUE(is_blank(paper));
  for (std::size_t i = 0; i < paper.rgb.size(); ++i) paper.rgb[i] -= i * 31 % 20;  // its grain
  EXPECT_TRUE(is_blank(paper));
  paper.row(150)[3 * 100 + 1] = 180;  // one pixel, one channel
  EXPECT_FALSE(is_blank(paper));
}

TEST(Blank, NoPixelsAndOnePixel) {
  EXPECT_TRUE(is_blank(Image()));
  EXPECT_TRUE(is_blank(Image(1, 1, 0)));
  EXPECT_TRUE(is_blank(Image(40, 40, 0))) << "black paper is empty too";
}

}  // namespace
}  // namespace quire
