#include "infer/preprocess.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "format/checksum.h"
#include "format/image_file.h"
#include "format/json.h"
#include "format/safetensors.h"
#include "format/test_support.h"
#include "image/normalise.h"
#include "image/orientation.h"

namespace quire {
namespace {

Image open(const std::filesystem::path& path) {
  auto decoded = read_image(path.string());
  EXPECT_TRUE(decoded) << (decoded ? "" : decoded.status().message());
  if (!decoded) return {};
  return apply_orientation(std::move(decoded->image), decoded->exif_orientation);
}

// One golden case: a folder with meta.json, input.png, view_*.png and golden.safetensors.
class Case {
 public:
  explicit Case(std::filesystem::path folder) : folder_(std::move(folder)) {
    auto meta = read_json((folder_ / "meta.json").string());
    if (meta) meta_ = *std::move(meta);
  }

  void check() const {
    const Json& sizes = meta_["mode"];
    const auto mode = mode_from_sizes(sizes["base_size"], sizes["image_size"], sizes["crop_mode"]);
    ASSERT_TRUE(mode) << mode.status().message();
    const Image input = open(folder_ / "input.png");
    const auto views = make_views(input, *mode);
    ASSERT_TRUE(views) << views.status().message();
    if (mode->tile_side > 0) {
      EXPECT_EQ(views->grid.columns, meta_["grid"][0].get<int>());
      EXPECT_EQ(views->grid.rows, meta_["grid"][1].get<int>());
    }
    EXPECT_EQ(mode->sequence_tokens(input.width, input.height),
              meta_["n_image_tokens"].get<std::size_t>());

    check_view(views->global, "global", meta_["pixels_global"]);
    const Json tiles = meta_.value("pixels_tiles", Json::array());
    ASSERT_EQ(views->tiles.size(), tiles.size());
    for (std::size_t t = 0; t < tiles.size(); ++t) {
      check_view(views->tiles[t], "tile_" + std::to_string(t), tiles[t]);
    }
  }

 private:
  void check_view(const Image& view, const std::string& name, const Json& expected) const {
    SCOPED_TRACE(name);
    EXPECT_EQ(view.rgb, open(folder_ / ("view_" + name + ".png")).rgb);
    EXPECT_EQ(sha256_hex(view.rgb), expected["sha256_u8_hwc"].get<std::string>());

    const auto file = SafetensorsFile::open((folder_ / "golden.safetensors").string());
    ASSERT_TRUE(file) << file.status().message();
    const auto sub = file->find("pixels_" + name + "_sub");
    ASSERT_TRUE(sub) << sub.status().message();
    std::vector<float> values(static_cast<std::size_t>(sub->elements()));
    to_float(*sub, values.data());
    const Tensor pixels = normalise(view);
    const auto stride = expected["sub_stride"].get<std::size_t>();
    ASSERT_EQ(values.size(), (pixels.size() + stride - 1) / stride);
    for (std::size_t i = 0; i < values.size(); ++i) {
      ASSERT_NEAR(pixels.values[i * stride], values[i], 1e-6) << i;
    }
  }

  std::filesystem::path folder_;
  Json meta_;
};

TEST(Preprocess, ViewsOfEveryGoldenCaseAreByteIdentical) {
  QUIRE_NEEDS_GOLDEN("native512");
  int cases = 0;
  for (const auto& entry : std::filesystem::directory_iterator(golden_path(""))) {
    if (!std::filesystem::exists(entry.path() / "input.png")) continue;
    SCOPED_TRACE(entry.path().string());
    Case(entry.path()).check();
    ++cases;
  }
  EXPECT_GE(cases, 7);
}

TEST(Preprocess, PicturesWithoutPixelsAreRefused) {
  const Mode tiny = kModes[0];
  EXPECT_FALSE(make_views(Image(), tiny));
  EXPECT_FALSE(make_views(Image(0, 5), tiny));
  Image broken(4, 4);
  broken.rgb.pop_back();
  EXPECT_FALSE(make_views(broken, tiny));
}

TEST(Preprocess, OnePixelInEveryMode) {
  for (const Mode& mode : kModes) {
    const auto views = make_views(Image(1, 1, 9), mode);
    ASSERT_TRUE(views);
    EXPECT_EQ(views->global.rgb, Image(mode.view_side, mode.view_side, 9).rgb) << mode.name;
    EXPECT_TRUE(views->tiles.empty());
  }
}

TEST(Preprocess, GundamMCutsLargerTiles) {
  const auto mode = find_mode("gundam-m");
  ASSERT_TRUE(mode);
  const auto views = make_views(Image(2100, 1000, 50), *mode);
  ASSERT_TRUE(views);
  EXPECT_EQ(views->grid, (TileGrid{2, 1}));
  ASSERT_EQ(views->tiles.size(), 2u);
  EXPECT_EQ(views->tiles[0].width, 1024);
  EXPECT_EQ(views->global.width, 1280);
}

}  // namespace
}  // namespace quire
