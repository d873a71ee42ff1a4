#include "format/image_file.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "format/checksum.h"
#include "format/json.h"
#include "format/png.h"
#include "format/test_support.h"

namespace quire {
namespace {

using namespace std::string_literals;

DecodedImage golden(const std::string& name) {
  auto result = read_image(golden_path("preprocess/" + name).string());
  EXPECT_TRUE(result.ok()) << result.status().message();
  return result.ok() ? *std::move(result) : DecodedImage();
}

Json manifest() { return *read_json(golden_path("preprocess/manifest.json").string()); }

TEST(GoldenImages, EveryPngHasTheBytesPillowSaw) {
  QUIRE_NEEDS_GOLDEN("preprocess");
  int seen = 0;
  for (const Json& row : manifest()) {
    if (!row.contains("output")) continue;
    const DecodedImage image = golden(row["output"]);
    EXPECT_EQ(sha256_hex(image.image.rgb), row["sha256_u8_hwc"]) << row["output"];
    EXPECT_EQ(image.format, "PNG");
    ++seen;
  }
  EXPECT_GT(seen, 20);
}

TEST(GoldenImages, EveryModeConvertsToRgbAsPillowDoes) {
  QUIRE_NEEDS_GOLDEN("preprocess");
  int seen = 0;
  for (const Json& row : manifest()) {
    if (row["op"] != "convert_rgb") continue;
    EXPECT_EQ(sha256_hex(golden(row["input"]).image.rgb), row["sha256_u8_hwc"]) << row["input"];
    ++seen;
  }
  EXPECT_EQ(seen, 5);
}

TEST(GoldenImages, OrientationsAreReportedAndSizesAreAsStored) {
  QUIRE_NEEDS_GOLDEN("preprocess");
  for (int orientation = 1; orientation <= 8; ++orientation) {
    for (const char* ending : {".png", ".jpg"}) {
      const std::string name = "exif_" + std::to_string(orientation) + ending;
      const DecodedImage image = golden(name);
      EXPECT_EQ(image.exif_orientation, orientation) << name;
      EXPECT_EQ(image.image.width, 60) << name;
      EXPECT_EQ(image.image.height, 40) << name;
    }
  }
}

TEST(ImageFile, SaysWhatItIsNot) {
  const auto error = [](const std::string& bytes) {
    return decode_image(as_bytes(bytes)).status();
  };
  EXPECT_NE(error("").message().find("empty"), std::string::npos);
  EXPECT_EQ(error("%PDF-1.4").code(), Code::kUnsupported);
  EXPECT_EQ(error("GIF89a").code(), Code::kUnsupported);
  EXPECT_EQ(error("RIFF\0\0\0\0WAVE"s).code(), Code::kUnsupported);
  EXPECT_EQ(error("RIFF").code(), Code::kUnsupported);
  for (const auto& start :
       {"\x89PNG\r\n\x1a\n"s, "\xff\xd8\xff"s, "RIFF\0\0\0\0WEBP"s, "II*\0"s, "MM\0*"s, "II+\0"s}) {
    EXPECT_EQ(error(start).code(), Code::kInvalid);
    EXPECT_EQ(error(start + std::string(300, '\xff')).ok(), false);
  }
}

class ReadImageTest : public FolderTest {};

TEST_F(ReadImageTest, ErrorsNameTheFile) {
  write("empty.png", "");
  EXPECT_NE(read_image(path("empty.png")).status().message().find("empty.png: the file is empty"),
            std::string::npos);
  EXPECT_EQ(read_image(path("absent.png")).status().code(), Code::kNotFound);
  write("wrong-name.jpg", *encode_png(Image(3, 2)));
  EXPECT_EQ(read_image(path("wrong-name.jpg"))->format, "PNG");
}

}  // namespace
}  // namespace quire
