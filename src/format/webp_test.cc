#include "format/webp.h"

#include <gtest/gtest.h>
#include <webp/encode.h>

#include <random>

#include "format/test_support.h"

namespace quire {
namespace {

using namespace std::string_literals;

std::vector<std::uint8_t> noise(int width, int height, int channels) {
  std::mt19937 random(7);
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(width * height * channels));
  for (auto& value : pixels) value = static_cast<std::uint8_t>(random());
  return pixels;
}

std::string lossless(const std::vector<std::uint8_t>& rgb, int width, int height) {
  std::uint8_t* out = nullptr;
  const std::size_t size = WebPEncodeLosslessRGB(rgb.data(), width, height, 3 * width, &out);
  const std::string bytes(reinterpret_cast<const char*>(out), size);
  WebPFree(out);
  return bytes;
}

std::string little(std::uint32_t value, int size) {
  std::string text;
  for (int i = 0; i < size; ++i) text += static_cast<char>(value >> (8 * i) & 255);
  return text;
}

std::string chunk(const std::string& type, const std::string& data) {
  return type + little(static_cast<std::uint32_t>(data.size()), 4) + data +
         std::string(data.size() % 2, '\0');
}

std::string riff(const std::string& chunks) { return chunk("RIFF", "WEBP" + chunks); }

// The extended header: `flags` 2 animation, 8 EXIF, 16 alpha.
std::string extended(int flags, int width, int height) {
  return chunk("VP8X", little(static_cast<std::uint32_t>(flags), 4) +
                           little(static_cast<std::uint32_t>(width - 1), 3) +
                           little(static_cast<std::uint32_t>(height - 1), 3));
}

std::string error_of(const std::string& bytes) {
  const auto result = decode_webp(as_bytes(bytes));
  return result.ok() ? "no error" : result.status().message();
}

TEST(Webp, LosslessComesBackExactly) {
  for (const auto& [width, height] : {std::pair{1, 1}, {1, 300}, {300, 1}, {37, 23}}) {
    const auto pixels = noise(width, height, 3);
    const auto result = decode_webp(as_bytes(lossless(pixels, width, height)));
    ASSERT_TRUE(result.ok()) << result.status().message();
    EXPECT_EQ(result->image.rgb, pixels);
    EXPECT_EQ(result->exif_orientation, 1);
  }
}

TEST(Webp, AlphaIsDroppedNotBlended) {
  std::vector<std::uint8_t> rgba;
  for (int i = 0; i < 64; ++i) rgba.insert(rgba.end(), {200, 100, 50, 128});
  std::uint8_t* out = nullptr;
  const std::size_t size = WebPEncodeLosslessRGBA(rgba.data(), 8, 8, 32, &out);
  const auto result = decode_webp({out, size});
  WebPFree(out);
  ASSERT_TRUE(result.ok()) << result.status().message();
  for (int i = 0; i < 64; ++i) {
    EXPECT_EQ(result->image.rgb[3 * i], 200);
    EXPECT_EQ(result->image.rgb[3 * i + 2], 50);
  }
}

TEST(Webp, LossyIsClose) {
  const std::vector<std::uint8_t> grey(64 * 64 * 3, 90);
  std::uint8_t* out = nullptr;
  const std::size_t size = WebPEncodeRGB(grey.data(), 64, 64, 192, 80, &out);
  const auto result = decode_webp({out, size});
  WebPFree(out);
  ASSERT_TRUE(result.ok());
  for (const std::uint8_t value : result->image.rgb) EXPECT_NEAR(value, 90, 3);
}

TEST(Webp, AnimationsGiveTheirFirstPictureAndExifItsOrientation) {
  const auto first = noise(8, 8, 3);
  const std::string still = lossless(first, 8, 8).substr(12);  // the VP8L chunk
  const std::string place =
      little(0, 3) + little(0, 3) + little(7, 3) + little(7, 3) + little(100, 3) + little(0, 1);
  const std::string second = lossless(std::vector<std::uint8_t>(192, 9), 8, 8).substr(12);
  const std::string animation = chunk("ANIM", little(0xffffffff, 4) + little(0, 2)) +
                                chunk("ANMF", place + still) + chunk("ANMF", place + second);
  const std::string exif =
      chunk("EXIF", "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x03\0\0\0\0\0\0\0"s);
  const auto result = decode_webp(as_bytes(riff(extended(2 | 8, 8, 8) + animation + exif)));
  ASSERT_TRUE(result.ok()) << result.status().message();
  EXPECT_EQ(result->image.rgb, first);
  EXPECT_EQ(result->exif_orientation, 3);
}

TEST(Webp, BombsAreRefusedFromTheHeaderAlone) {
  const std::string big = riff(extended(2, 1 << 14, 1 << 14) + chunk("ANIM", std::string(6, '\0')));
  EXPECT_EQ(decode_webp(as_bytes(big)).status().code(), Code::kLimit);
}

TEST(Webp, DamageIsAnErrorOrAPictureNeverACrash) {
  const std::string good = lossless(noise(37, 23, 3), 37, 23);
  for (std::size_t size = 0; size < good.size(); size += size < 64 ? 1 : 37) {
    EXPECT_NE(error_of(good.substr(0, size)), "no error") << size;
  }
  std::mt19937 random(1);
  for (int round = 0; round < 2'000; ++round) {
    std::string flipped = good;
    const std::size_t bit = random() % (8 * good.size());
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
    DecodeLimits limits;
    limits.max_pixels = 1'000'000;
    const auto result = decode_webp(as_bytes(flipped), limits);
    if (!result.ok()) {
      EXPECT_FALSE(result.status().message().empty());
    }
  }
}

}  // namespace
}  // namespace quire
