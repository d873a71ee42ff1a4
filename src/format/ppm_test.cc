#include "format/ppm.h"

#include <gtest/gtest.h>

namespace quire {
namespace {

using namespace std::string_literals;

Result<Image> read(const std::string& bytes, const DecodeLimits& limits = {}) {
  PpmReader reader(limits);
  reader.push(bytes);
  return reader.finish();
}

TEST(Ppm, PixelsLandWhereTheyBelong) {
  const auto image = read("P6\n# made by hand\n2 1 # two pixels\n255\n\x01\x02\x03\n#\x06"s);
  ASSERT_TRUE(image.ok()) << image.status().message();
  EXPECT_EQ(image->width, 2);
  EXPECT_EQ(image->rgb, (std::vector<std::uint8_t>{1, 2, 3, '\n', '#', 6}));
}

TEST(Ppm, ComesInAnyPieces) {
  const std::string bytes = "P6 3 2 255 abcdefghijklmnopqr";
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    PpmReader reader;
    EXPECT_TRUE(reader.push(bytes.substr(0, cut)));
    EXPECT_TRUE(reader.push(bytes.substr(cut)));
    const auto image = reader.finish();
    ASSERT_TRUE(image.ok()) << cut;
    EXPECT_EQ(std::string(image->rgb.begin(), image->rgb.end()), "abcdefghijklmnopqr");
  }
}

TEST(Ppm, CutShortIsAnError) {
  const std::string bytes = "P6 3 2 255 abcdefghijklmnopqr";
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(read(bytes.substr(0, size)).status().code(), Code::kInvalid) << size;
  }
  EXPECT_FALSE(read(bytes + "s").ok());
}

TEST(Ppm, OtherThingsAreRefused) {
  for (const std::string& bytes :
       {"P5 1 1 255 abc"s, "P6 1 1 65535 abcdef"s, "P6 -1 1 255 abc"s, "P6 0 1 255 "s,
        "P6 1x 1 255 abc"s, "P6 99999999999999999999999 1 255 abc"s, "PNG"s, "\0\0\0"s,
        "P6 " + std::string(100'000, '#'), "P6" + std::string(100'000, ' ')}) {
    EXPECT_FALSE(read(bytes).ok()) << bytes.substr(0, 40);
  }
}

TEST(Ppm, BombsAreRefusedFromTheHeaderAlone) {
  EXPECT_EQ(read("P6 60000 60000 255 ").status().code(), Code::kLimit);
  EXPECT_EQ(read("P6 2000000000 1 255 ").status().code(), Code::kLimit);
  PpmReader reader({.max_pixels = 4});
  EXPECT_FALSE(reader.push("P6 5 1 255 "));
  EXPECT_FALSE(reader.push("abc"));
}

}  // namespace
}  // namespace quire
