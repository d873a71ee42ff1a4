#include "infer/modes.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "format/json.h"
#include "format/test_support.h"

namespace quire {
namespace {

Mode mode(std::string_view name) {
  const auto found = find_mode(name);
  EXPECT_TRUE(found);
  return *found;
}

// The table of architecture.md, section 6.
TEST(Modes, TokensOfEachMode) {
  const struct {
    std::string_view mode;
    int width, height;
    std::size_t vision, sequence;
  } rows[] = {
      {"tiny", 300, 420, 64, 73},         {"small", 800, 500, 100, 111},
      {"base", 700, 901, 256, 273},       {"large", 1501, 900, 400, 421},
      {"gundam", 500, 620, 256, 273},     {"gundam", 1280, 640, 456, 483},
      {"gundam", 640, 1280, 456, 493},    {"gundam", 803, 1200, 856, 903},
      {"gundam", 2000, 2000, 1156, 1203}, {"gundam-m", 2048, 1024, 912, 421 + 33 * 16},
      {"gundam-m", 1024, 1024, 400, 421},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(mode(row.mode).vision_tokens(row.width, row.height), row.vision) << row.mode;
    EXPECT_EQ(mode(row.mode).sequence_tokens(row.width, row.height), row.sequence) << row.mode;
  }
}

TEST(Modes, SixtyGoldenSizes) {
  QUIRE_NEEDS_GOLDEN("preprocess/tiling_60.json");
  const auto file = read_json(golden_path("preprocess/tiling_60.json").string());
  ASSERT_TRUE(file) << file.status().message();
  for (const Json& c : (*file)["cases"]) {
    const int width = c["width"], height = c["height"];
    SCOPED_TRACE(std::to_string(width) + "x" + std::to_string(height));
    EXPECT_EQ(mode("gundam").sequence_tokens(width, height), c["max9"]["n_image_tokens"]);
    EXPECT_EQ(mode("gundam").sequence_tokens(width, height, 6), c["max6"]["n_image_tokens"]);
    for (const auto& [name, tokens] : c["valid_tokens"].items()) {
      EXPECT_EQ(mode(name).valid_tokens(width, height), tokens) << name;
    }
  }
}

TEST(Modes, AnUnknownNameIsAnsweredWithTheKnownOnes) {
  const auto found = find_mode("huge");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.status().code(), Code::kNotFound);
  EXPECT_EQ(found.status().message(),
            "there is no mode 'huge'; the modes are tiny, small, base, large, gundam, gundam-m");
}

TEST(Modes, SizesOfTheOfficialCode) {
  EXPECT_EQ(mode_from_sizes(1024, 640, true)->name, "gundam");
  EXPECT_EQ(mode_from_sizes(512, 512, false)->name, "tiny");
  EXPECT_EQ(mode_from_sizes(1024, 640, false)->name, "small");  // without crop image_size counts
  EXPECT_EQ(mode_from_sizes(768, 768, false)->sequence_tokens(9, 9), 12u * 13 + 1);
  for (const int side : {0, -64, 63, 100, 1 << 20}) {
    EXPECT_FALSE(mode_from_sizes(side, side, false)) << side;
    EXPECT_FALSE(mode_from_sizes(side, 640, true)) << side;
  }
}

}  // namespace
}  // namespace quire
