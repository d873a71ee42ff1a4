#include "image/paper.h"

#include <gtest/gtest.h>

namespace quire {
namespace {

TEST(Paper, ASmallPictureLiesAtTheTopLeft) {
  Image image(20, 10, 200);
  image.rgb[2] = 7;  // the first pixel's blue: not the commonest on the edge
  image.row(5)[3] = 0;
  const Image sheet = lay_on_sheet(image, 64);
  EXPECT_EQ(sheet.width, 64);
  EXPECT_EQ(sheet.height, 64);
  EXPECT_EQ(sheet.rgb[2], 7);
  EXPECT_EQ(sheet.row(5)[3], 0);
  EXPECT_EQ(sheet.row(63)[3 * 63], 200);
  EXPECT_EQ(sheet.row(9)[3 * 20], 200);
}

TEST(Paper, OnlyTheShortSideGrows) {
  EXPECT_EQ(lay_on_sheet(Image(700, 3), 512).width, 700);
  EXPECT_EQ(lay_on_sheet(Image(700, 3), 512).height, 512);
}

TEST(Paper, LargePicturesAndEmptyOnesStay) {
  EXPECT_EQ(lay_on_sheet(Image(512, 600)).height, 600);
  EXPECT_EQ(lay_on_sheet(Image()).width, 0);
}

}  // namespace
}  // namespace quire
