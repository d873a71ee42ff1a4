// Every row of the golden preprocessing vectors, which Pillow made: byte for byte.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "format/checksum.h"
#include "format/image_file.h"
#include "format/json.h"
#include "format/test_support.h"
#include "image/orientation.h"
#include "image/pad.h"
#include "image/resize.h"
#include "image/tile.h"

namespace quire {
namespace {

Image open(const std::string& name) {
  auto decoded = read_image(golden_path("preprocess/" + name).string());
  EXPECT_TRUE(decoded) << (decoded ? "" : decoded.status().message());
  if (!decoded) return {};
  return apply_orientation(std::move(decoded->image), decoded->exif_orientation);
}

Image run(const Json& row) {
  const std::string op = row["op"];
  const Image input = open(row["input"]);
  if (input.rgb.empty()) return input;
  if (op == "resize") return resize_bicubic(input, row["width"], row["height"]);
  if (op == "pad") return pad_to_square(input, row["size"]);
  EXPECT_TRUE(op == "exif_transpose_rgb" || op == "convert_rgb") << "unknown op " << op;
  return input;
}

TEST(GoldenPreprocess, EveryRowIsByteIdentical) {
  QUIRE_NEEDS_GOLDEN("preprocess");
  const auto manifest = read_json(golden_path("preprocess/manifest.json").string());
  ASSERT_TRUE(manifest) << manifest.status().message();
  ASSERT_GE(manifest->size(), 50u);
  for (const Json& row : *manifest) {
    SCOPED_TRACE(row.dump());
    const Image got = run(row);
    EXPECT_EQ(sha256_hex(got.rgb), row["sha256_u8_hwc"].get<std::string>());
    if (!row.contains("output")) continue;
    const Image expected = open(row["output"]);
    EXPECT_EQ(got.width, expected.width);
    EXPECT_EQ(got.height, expected.height);
  }
}

// JPEG decoders differ by a level or two, so only size and orientation are compared: each picture
// is near its PNG brother.
TEST(GoldenPreprocess, OrientationOfJpegs) {
  QUIRE_NEEDS_GOLDEN("preprocess");
  for (char n = '1'; n <= '8'; ++n) {
    SCOPED_TRACE(n);
    const Image jpeg = open(std::string("exif_") + n + ".jpg");
    const Image png = open(std::string("exif_") + n + ".png");
    ASSERT_EQ(jpeg.width, png.width);
    ASSERT_EQ(jpeg.height, png.height);
    double difference = 0;
    for (std::size_t i = 0; i < png.rgb.size(); ++i) {
      difference += std::abs(jpeg.rgb[i] - png.rgb[i]);
    }
    EXPECT_LT(difference / static_cast<double>(png.rgb.size()), 12);
  }
}

TEST(GoldenPreprocess, GridsAndPadsOfSixtySizes) {
  QUIRE_NEEDS_GOLDEN("preprocess/tiling_60.json");
  const auto file = read_json(golden_path("preprocess/tiling_60.json").string());
  ASSERT_TRUE(file) << file.status().message();
  const Json& cases = (*file)["cases"];
  ASSERT_EQ(cases.size(), 60u);
  for (const Json& c : cases) {
    const int width = c["width"], height = c["height"];
    SCOPED_TRACE(std::to_string(width) + "x" + std::to_string(height));
    for (const auto& [max, name] : {std::pair(9, "max9"), std::pair(6, "max6")}) {
      const TileGrid grid = choose_grid(width, height, 640, max);
      EXPECT_EQ(grid.columns, c[name]["cols"].get<int>());
      EXPECT_EQ(grid.rows, c[name]["rows"].get<int>());
    }
    const PadFit fit = pad_fit(width, height, 1024);
    const Json& expected = c["contain_1024"];
    EXPECT_EQ(fit.width, expected["width"].get<int>());
    EXPECT_EQ(fit.height, expected["height"].get<int>());
    EXPECT_EQ(fit.left, expected["pad_left"].get<int>());
    EXPECT_EQ(fit.top, expected["pad_top"].get<int>());
  }
}

}  // namespace
}  // namespace quire
