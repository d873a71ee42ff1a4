#include "format/jpeg.h"

#include <gtest/gtest.h>
#include <turbojpeg.h>

#include <cmath>
#include <random>

#include "format/test_support.h"

namespace quire {
namespace {

using namespace std::string_literals;

// A file made by the library's own encoder. `pixels` are of the given format.
std::string compress(const std::vector<std::uint8_t>& pixels, int width, int height, int format,
                     int sampling, int flags = 0) {
  const tjhandle handle = tjInitCompress();
  unsigned char* out = nullptr;
  unsigned long size = 0;
  EXPECT_EQ(tjCompress2(handle, pixels.data(), width, 0, height, format, &out, &size, sampling, 95,
                        flags),
            0);
  const std::string bytes(reinterpret_cast<const char*>(out), size);
  tjFree(out);
  tjDestroy(handle);
  return bytes;
}

// Smooth enough for JPEG to keep: 4 channels at most.
std::vector<std::uint8_t> smooth(int width, int height, int channels) {
  std::vector<std::uint8_t> pixels;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < channels; ++c) {
        pixels.push_back(static_cast<std::uint8_t>(128 + 100 * std::sin(0.05 * x + 0.07 * y + c)));
      }
    }
  }
  return pixels;
}

double mean_difference(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(a[i] - b[i]);
  return a.size() == b.size() ? sum / static_cast<double>(a.size()) : 1e9;
}

std::string error_of(const std::string& bytes) {
  const auto result = decode_jpeg(as_bytes(bytes));
  return result.ok() ? "no error" : result.status().message();
}

TEST(Jpeg, ColourAndGreyAndProgressive) {
  const auto colour = smooth(97, 61, 3);
  for (const int flags : {0, TJFLAG_PROGRESSIVE}) {
    for (const int sampling : {TJSAMP_444, TJSAMP_420, TJSAMP_422, TJSAMP_411}) {
      const auto result =
          decode_jpeg(as_bytes(compress(colour, 97, 61, TJPF_RGB, sampling, flags)));
      ASSERT_TRUE(result.ok()) << result.status().message();
      EXPECT_LT(mean_difference(result->image.rgb, colour), 3.0);
    }
  }
  const auto grey = smooth(97, 61, 1);
  const auto result = decode_jpeg(as_bytes(compress(grey, 97, 61, TJPF_GRAY, TJSAMP_GRAY)));
  ASSERT_TRUE(result.ok());
  std::vector<std::uint8_t> replicated;
  for (const std::uint8_t value : grey) replicated.insert(replicated.end(), 3, value);
  EXPECT_LT(mean_difference(result->image.rgb, replicated), 2.0);
}

// Stored inverted, so white paper is 255 in all four and black ink is 0 in the last.
TEST(Jpeg, CmykIsConvertedAsAdobeStoresIt) {
  const auto flat = [](std::vector<std::uint8_t> pixel) {
    std::vector<std::uint8_t> pixels;
    for (int i = 0; i < 16 * 16; ++i) pixels.insert(pixels.end(), pixel.begin(), pixel.end());
    const auto result = decode_jpeg(as_bytes(compress(pixels, 16, 16, TJPF_CMYK, TJSAMP_444)));
    EXPECT_TRUE(result.ok()) << result.status().message();
    return result.ok()
               ? std::vector<std::uint8_t>(result->image.rgb.begin(), result->image.rgb.begin() + 3)
               : std::vector<std::uint8_t>();
  };
  const auto near = [](const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b) {
    return mean_difference(a, b) < 3.0;
  };
  EXPECT_TRUE(near(flat({255, 255, 255, 255}), {255, 255, 255}));
  EXPECT_TRUE(near(flat({255, 255, 255, 0}), {0, 0, 0}));
  EXPECT_TRUE(near(flat({0, 255, 255, 255}), {0, 255, 255}));  // all cyan
  EXPECT_TRUE(near(flat({255, 0, 255, 128}), {128, 0, 128}));  // magenta, half black
}

TEST(Jpeg, TinyPictures) {
  for (const auto& [width, height] : {std::pair{1, 1}, {1, 500}, {500, 1}}) {
    const auto result = decode_jpeg(
        as_bytes(compress(smooth(width, height, 3), width, height, TJPF_RGB, TJSAMP_420)));
    ASSERT_TRUE(result.ok()) << result.status().message();
    EXPECT_EQ(result->image.width, width);
    EXPECT_EQ(result->image.height, height);
  }
}

TEST(Jpeg, BombsAreRefusedFromTheHeaderAlone) {
  const std::string header =
      "\xff\xd8\xff\xc0\x00\x11\x08\x4e\x20\x4e\x20\x03\x01\x11\x00\x02\x11\x00\x03\x11\x00"
      "\xff\xda\x00\x0c\x03\x01\x00\x02\x00\x03\x00\x00\x3f\x00"s;
  const auto bomb = decode_jpeg(as_bytes(header));
  EXPECT_EQ(bomb.status().code(), Code::kLimit);
  EXPECT_NE(bomb.status().message().find("20000 x 20000"), std::string::npos);
}

TEST(Jpeg, ACutFileIsAnErrorAtEveryLength) {
  const std::string good = compress(smooth(97, 61, 3), 97, 61, TJPF_RGB, TJSAMP_420);
  ASSERT_EQ(error_of(good), "no error");
  EXPECT_EQ(error_of(good + "rubbish after the end"), "no error");
  for (std::size_t size = 3; size < good.size(); ++size) {
    EXPECT_NE(error_of(good.substr(0, size)), "no error") << size;
  }
}

TEST(Jpeg, FlippedBitsNeverCrash) {
  std::mt19937 random(1);
  for (const int flags : {0, TJFLAG_PROGRESSIVE}) {
    const std::string good = compress(smooth(40, 30, 3), 40, 30, TJPF_RGB, TJSAMP_420, flags);
    for (int round = 0; round < 2'000; ++round) {
      std::string flipped = good;
      const std::size_t bit = 24 + random() % (8 * good.size() - 24);
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
      DecodeLimits limits;
      limits.max_pixels = 100'000;
      const auto result = decode_jpeg(as_bytes(flipped), limits);
      if (!result.ok()) {
        EXPECT_FALSE(result.status().message().empty());
      }
    }
  }
}

}  // namespace
}  // namespace quire
