#include <gtest/gtest.h>

#include <numeric>

#include "image/normalise.h"
#include "image/orientation.h"
#include "image/pad.h"
#include "image/resize.h"
#include "image/tile.h"

namespace quire {
namespace {

// Every byte different, as far as bytes go.
Image counted(int width, int height) {
  Image image(width, height);
  std::iota(image.rgb.begin(), image.rgb.end(), std::uint8_t{0});
  return image;
}

TEST(Orientation, MovesTheTopLeftCorner) {
  // Where the pixel at (0, 0) of a 3 x 2 picture goes.
  const struct {
    int orientation, width, height, x, y;
  } cases[] = {{1, 3, 2, 0, 0}, {2, 3, 2, 2, 0}, {3, 3, 2, 2, 1}, {4, 3, 2, 0, 1},
               {5, 2, 3, 0, 0}, {6, 2, 3, 1, 0}, {7, 2, 3, 1, 2}, {8, 2, 3, 0, 2}};
  for (const auto& c : cases) {
    Image image(3, 2, 0);
    image.rgb[0] = 9;
    const Image turned = apply_orientation(image, c.orientation);
    EXPECT_EQ(turned.width, c.width) << c.orientation;
    EXPECT_EQ(turned.height, c.height) << c.orientation;
    EXPECT_EQ(turned.row(c.y)[3 * c.x], 9) << c.orientation;
  }
}

TEST(Orientation, UnknownValuesLeaveThePictureAlone) {
  for (const int orientation : {-1, 0, 1, 9, 1 << 20}) {
    EXPECT_EQ(apply_orientation(counted(3, 2), orientation).rgb, counted(3, 2).rgb);
  }
}

TEST(Resize, OddSizes) {
  EXPECT_EQ(resize_bicubic(counted(5, 4), 5, 4).rgb, counted(5, 4).rgb);
  for (const auto& [width, height] : {std::pair(1, 1), std::pair(1, 90), std::pair(90, 1)}) {
    for (const auto& [to_width, to_height] : {std::pair(1, 1), std::pair(7, 300)}) {
      const Image grey = resize_bicubic(Image(width, height, 100), to_width, to_height);
      EXPECT_EQ(grey.rgb, Image(to_width, to_height, 100).rgb);  // flat stays flat
    }
  }
}

TEST(Pad, AThinPictureKeepsOnePixel) {
  const PadFit fit = pad_fit(10'000, 1, 512);
  EXPECT_EQ(fit.width, 512);
  EXPECT_EQ(fit.height, 1);
  EXPECT_EQ(fit.top, 256);  // 255.5, half to even
  const Image padded = pad_to_square(Image(1, 10'000, 0), 64);
  EXPECT_EQ(padded.row(9)[3 * 32], 0);
  EXPECT_EQ(padded.row(9)[3 * 31], kPadGrey);
  EXPECT_EQ(padded.row(9)[3 * 33], kPadGrey);
}

TEST(Tile, GridsAtTheEdges) {
  EXPECT_EQ(choose_grid(640, 640, 640), (TileGrid{1, 1}));
  EXPECT_EQ(choose_grid(1, 1, 640).tiles(), 0);
  EXPECT_EQ(choose_grid(100'000, 1, 640), (TileGrid{9, 1}));
  EXPECT_EQ(choose_grid(1, 100'000, 640), (TileGrid{1, 9}));
  EXPECT_EQ(choose_grid(1000, 1000, 640), (TileGrid{2, 2}));
  EXPECT_EQ(choose_grid(3000, 3000, 640), (TileGrid{3, 3}));
  EXPECT_EQ(choose_grid(3000, 3000, 640, 6), (TileGrid{2, 2}));
  EXPECT_EQ(choose_grid(3000, 3000, 640, 1), (TileGrid{1, 1}));
  EXPECT_EQ(choose_grid(1000, 1000, 1024), (TileGrid{1, 1}));
}

TEST(Tile, TilesAreTheResizedPicture) {
  const Image image = counted(30, 20);
  const Image large = resize_bicubic(image, 16, 24);
  const std::vector<Image> tiles = cut_tiles(image, {2, 3}, 8);
  ASSERT_EQ(tiles.size(), 6u);
  for (int y = 0; y < 24; ++y) {
    for (int x = 0; x < 16 * 3; ++x) {
      const Image& tile = tiles[static_cast<std::size_t>(y / 8 * 2 + x / 24)];
      EXPECT_EQ(tile.row(y % 8)[x % 24], large.row(y)[x]);
    }
  }
  EXPECT_TRUE(cut_tiles(image, {1, 1}, 8).empty());
}

TEST(Normalise, IsPlanarFromMinusOneToOne) {
  Image image(2, 1);
  image.rgb = {0, 127, 255, 255, 0, 128};
  const Tensor out = normalise(image);
  EXPECT_EQ(out.shape, (Shape{3, 1, 2}));
  const float expected[] = {-1, 1, -0.00392157F, -1, 1, 0.00392157F};
  for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(out.values[i], expected[i], 1e-6);
}

}  // namespace
}  // namespace quire
