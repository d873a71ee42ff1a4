#include "format/tiff.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "format/test_support.h"

namespace quire {
namespace {

using namespace std::string_literals;
using Rgb = std::vector<std::uint8_t>;

std::string little(std::uint32_t value, int size) {
  std::string text;
  for (int i = 0; i < size; ++i) text += static_cast<char>(value >> (8 * i) & 255);
  return text;
}

// An uncompressed TIFF of one strip, by hand. `bits` per sample, `photometric` 0 white is zero, 1
// black is zero, 2 RGB, 5 CMYK; `more` are further tags with SHORT values.
std::string file_of(std::uint32_t width, std::uint32_t height, std::uint32_t bits,
                    std::uint32_t samples, std::uint32_t photometric, const std::string& pixels,
                    const std::map<std::uint32_t, std::uint32_t>& more = {}) {
  const std::uint32_t after_pixels = 8 + static_cast<std::uint32_t>(pixels.size());
  struct Field {
    std::uint32_t type, count, value;
  };
  std::map<std::uint32_t, Field> fields = {
      {256, {4, 1, width}},  {257, {4, 1, height}},
      {259, {3, 1, 1}},      {262, {3, 1, photometric}},
      {273, {4, 1, 8}},      {277, {3, 1, samples}},
      {278, {4, 1, height}}, {279, {4, 1, static_cast<std::uint32_t>(pixels.size())}}};
  fields[258] =
      samples <= 2 ? Field{3, samples, bits | bits << 16} : Field{3, samples, after_pixels};
  for (const auto& [tag, value] : more) fields[tag] = {3, 1, value};
  std::string directory = little(static_cast<std::uint32_t>(fields.size()), 2);
  for (const auto& [tag, field] : fields) {
    directory +=
        little(tag, 2) + little(field.type, 2) + little(field.count, 4) + little(field.value, 4);
  }
  std::string depths;
  for (std::uint32_t i = 0; i < samples; ++i) depths += little(bits, 2);
  const auto directory_at = after_pixels + static_cast<std::uint32_t>(depths.size());
  return "II*\0"s + little(directory_at, 4) + pixels + depths + directory + little(0, 4);
}

Rgb decoded(const std::string& bytes) {
  const auto result = decode_tiff(as_bytes(bytes));
  EXPECT_TRUE(result.ok()) << result.status().message();
  return result.ok() ? result->image.rgb : Rgb();
}

TEST(Tiff, EveryKindOfSampleBecomesRgb) {
  EXPECT_EQ(decoded(file_of(3, 1, 1, 1, 1, "\xa0"s)), (Rgb{255, 255, 255, 0, 0, 0, 255, 255, 255}));
  EXPECT_EQ(decoded(file_of(3, 1, 1, 1, 0, "\xa0"s)), (Rgb{0, 0, 0, 255, 255, 255, 0, 0, 0}));
  EXPECT_EQ(decoded(file_of(2, 1, 8, 1, 1, "\x07\x7b"s)), (Rgb{7, 7, 7, 123, 123, 123}));
  EXPECT_EQ(decoded(file_of(1, 2, 8, 3, 2, "\x01\x02\x03\x04\x05\x06"s)), (Rgb{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(decoded(file_of(1, 1, 16, 3, 2, "\x00\x10\x00\x20\x00\x30"s)), (Rgb{16, 32, 48}));
  EXPECT_EQ(decoded(file_of(1, 1, 8, 4, 5, "\x00\xff\x00\x00"s)), (Rgb{255, 0, 255}));
}

TEST(Tiff, AlphaIsDroppedNotBlended) {
  constexpr std::uint32_t kExtraSamples = 338;
  EXPECT_EQ(decoded(file_of(1, 1, 8, 4, 2, "\x64\xc8\x32\x40"s, {{kExtraSamples, 2}})),
            (Rgb{100, 200, 50}));
  EXPECT_EQ(decoded(file_of(1, 1, 8, 4, 2, "\x64\xc8\x32\x40"s, {{kExtraSamples, 1}})),
            (Rgb{100, 200, 50}));
}

TEST(Tiff, OrientationIsReportedAndThePixelsAreAsStored) {
  constexpr std::uint32_t kOrientation = 274;
  for (std::uint32_t orientation = 1; orientation <= 8; ++orientation) {
    const std::string bytes =
        file_of(2, 2, 8, 1, 1, "\x01\x02\x03\x04"s, {{kOrientation, orientation}});
    const auto result = decode_tiff(as_bytes(bytes));
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(result->exif_orientation, static_cast<int>(orientation));
    EXPECT_EQ(result->image.rgb, (Rgb{1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4})) << orientation;
  }
}

TEST(Tiff, BombsAreRefusedFromTheHeaderAlone) {
  const auto bomb = decode_tiff(as_bytes(file_of(20'000, 20'000, 8, 3, 2, "xyz")));
  EXPECT_EQ(bomb.status().code(), Code::kLimit);
  EXPECT_FALSE(decode_tiff(as_bytes(file_of(0xffffffff, 0xffffffff, 8, 3, 2, "xyz"))).ok());
  EXPECT_FALSE(decode_tiff(as_bytes(file_of(0, 5, 8, 3, 2, "xyz"))).ok());
}

TEST(Tiff, DamageIsAnErrorOrAPictureNeverACrash) {
  const std::string good = file_of(5, 3, 8, 3, 2, std::string(45, 'p'));
  ASSERT_EQ(decoded(good), Rgb(45, 'p'));
  for (std::size_t size = 0; size + 4 < good.size(); ++size) {  // the last four only end the list
    EXPECT_FALSE(decode_tiff(as_bytes(good).first(size)).ok()) << size;
  }
  EXPECT_FALSE(decode_tiff(as_bytes(file_of(500, 300, 8, 3, 2, "too few"))).ok());
  EXPECT_FALSE(decode_tiff(as_bytes(file_of(5, 3, 7, 3, 2, std::string(45, 'p')))).ok());
  std::mt19937 random(1);
  DecodeLimits limits;
  limits.max_pixels = 100'000;
  for (int round = 0; round < 3'000; ++round) {
    std::string flipped = good;
    const std::size_t bit = random() % (8 * good.size());
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
    const auto result = decode_tiff(as_bytes(flipped), limits);
    if (!result.ok()) {
      EXPECT_FALSE(result.status().message().empty());
    }
  }
}

}  // namespace
}  // namespace quire
