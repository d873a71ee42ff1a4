#include "format/png.h"

#include <gtest/gtest.h>

#include "format/png_by_hand.h"
#include "format/test_support.h"

namespace quire {
namespace {

using namespace std::string_literals;
namespace hand = png_by_hand;
using Rgb = std::vector<std::uint8_t>;

Rgb decoded(const std::string& bytes) {
  const auto result = decode_png(as_bytes(bytes));
  EXPECT_TRUE(result.ok()) << result.status().message();
  return result.ok() ? result->image.rgb : Rgb();
}

std::string error_of(const std::string& bytes) {
  const auto result = decode_png(as_bytes(bytes));
  return result.ok() ? "no error" : result.status().message();
}

Image gradient(int width, int height, bool grey) {
  Image image(width, height);
  for (std::size_t i = 0; i < image.rgb.size(); ++i) {
    image.rgb[i] = static_cast<std::uint8_t>((grey ? i / 3 : i) * 7);
  }
  return image;
}

TEST(Png, EveryKindOfSampleBecomesRgb) {
  const auto file = [](int width, int depth, int colour, const std::string& row) {
    return hand::header(width, 1, depth, colour) + hand::data({row}) + hand::end();
  };
  EXPECT_EQ(decoded(file(3, 1, 0, "\xa0"s)), (Rgb{255, 255, 255, 0, 0, 0, 255, 255, 255}));
  EXPECT_EQ(decoded(file(4, 2, 0, "\x1b"s)),
            (Rgb{0, 0, 0, 85, 85, 85, 170, 170, 170, 255, 255, 255}));
  EXPECT_EQ(decoded(file(2, 4, 0, "\x1f"s)), (Rgb{17, 17, 17, 255, 255, 255}));
  EXPECT_EQ(decoded(file(1, 8, 0, "\x7b"s)), (Rgb{123, 123, 123}));
  EXPECT_EQ(decoded(file(2, 16, 0, "\x12\xff\xfe\x01"s)), (Rgb{18, 18, 18, 254, 254, 254}));
  EXPECT_EQ(decoded(file(1, 16, 2, "\x01\xff\x02\x80\x03\x00"s)), (Rgb{1, 2, 3}));
  EXPECT_EQ(decoded(file(1, 8, 4, "\x50\x00"s)), (Rgb{80, 80, 80}));
  EXPECT_EQ(decoded(file(1, 8, 6, "\x01\x02\x03\x00"s)), (Rgb{1, 2, 3}));
  EXPECT_EQ(decoded(file(1, 16, 6, "\x01\x00\x02\x00\x03\x00\x00\x00"s)), (Rgb{1, 2, 3}));
}

TEST(Png, PalettesAreLookedUpAndTransparencyIsDropped) {
  const std::string palette = hand::chunk("PLTE", "\x0a\x0b\x0c\xf0\xf1\xf2"s);
  const std::string two = hand::header(2, 1, 8, 3) + palette;
  EXPECT_EQ(decoded(two + hand::data({"\x01\x00"s}) + hand::end()),
            (Rgb{240, 241, 242, 10, 11, 12}));
  EXPECT_EQ(decoded(two + hand::chunk("tRNS", "\0"s) + hand::data({"\x00\x01"s}) + hand::end()),
            (Rgb{10, 11, 12, 240, 241, 242}));
  EXPECT_EQ(decoded(two + hand::data({"\x01\xff"s}) + hand::end()).size(),
            6u);  // beyond the palette
  EXPECT_NE(error_of(hand::header(2, 1, 8, 3) + hand::data({"\x01\x00"s}) + hand::end()),
            "no error");
  // A grey level named transparent is still that grey.
  EXPECT_EQ(decoded(hand::header(1, 1, 8, 0) + hand::chunk("tRNS", "\0\x7b"s) +
                    hand::data({"\x7b"s}) + hand::end()),
            (Rgb{123, 123, 123}));
}

TEST(Png, GammaAndProfilesChangeNothing) {
  EXPECT_EQ(decoded(hand::header(1, 1, 8, 2) + hand::chunk("gAMA", hand::big32(100'000)) +
                    hand::chunk("sRGB", "\0"s) + hand::data({"\x20\x40\x80"s}) + hand::end()),
            (Rgb{32, 64, 128}));
}

TEST(Png, AnimationsGiveTheirDefaultPicture) {
  const std::string control = hand::big32(0) + hand::big32(1) + hand::big32(1) + hand::big32(0) +
                              hand::big32(0) + "\0\x01\0\x0a\0\0"s;
  const std::string second = hand::big32(2) + hand::pixels({"\xff\xff\xff"s});
  EXPECT_EQ(
      decoded(hand::header(1, 1, 8, 2) + hand::chunk("acTL", hand::big32(2) + hand::big32(0)) +
              hand::chunk("fcTL", control) + hand::data({"\x01\x02\x03"s}) +
              hand::chunk("fcTL", hand::big32(1) + control.substr(4)) +
              hand::chunk("fdAT", second) + hand::end()),
      (Rgb{1, 2, 3}));
}

TEST(Png, OrientationIsFoundBeforeAndAfterThePixels) {
  const std::string exif =
      hand::chunk("eXIf", "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"s);
  const std::string start = hand::header(1, 1, 8, 0), pixel = hand::data({"\x7b"s});
  EXPECT_EQ(decode_png(as_bytes(start + exif + pixel + hand::end()))->exif_orientation, 6);
  EXPECT_EQ(decode_png(as_bytes(start + pixel + exif + hand::end()))->exif_orientation, 6);
  EXPECT_EQ(decode_png(as_bytes(start + pixel + hand::end()))->exif_orientation, 1);
}

TEST(Png, BombsAreRefusedFromTheHeaderAlone) {
  const auto bomb = decode_png(as_bytes(hand::header(20'000, 20'000, 8, 2)));
  EXPECT_EQ(bomb.status().code(), Code::kLimit);
  EXPECT_NE(bomb.status().message().find("20000 x 20000"), std::string::npos);
  EXPECT_EQ(decode_png(as_bytes(hand::header(0x7fffffff, 1, 8, 2))).status().code(), Code::kLimit);
  EXPECT_EQ(decode_png(as_bytes(hand::header(0xffffffff, 0xffffffff, 8, 2))).status().code(),
            Code::kLimit);
  EXPECT_NE(error_of(hand::header(0, 7, 8, 2)).find("empty"), std::string::npos);
}

TEST(Png, DamageIsAnError) {
  const std::string good = *encode_png(gradient(23, 9, false));
  for (std::size_t size = 8; size < good.size(); ++size) {
    EXPECT_NE(error_of(good.substr(0, size)).find("cut short"), std::string::npos) << size;
  }
  for (std::size_t bit = 64; bit < good.size() * 8; ++bit) {  // a checksum covers every bit
    std::string flipped = good;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
    const auto result = decode_png(as_bytes(flipped));
    if (result.ok()) {
      EXPECT_EQ(result->image.rgb, gradient(23, 9, false).rgb) << bit;
    }
  }
  EXPECT_NE(error_of(hand::kSignature + hand::chunk("IDAT", std::string(30, 'x'))), "no error");
  EXPECT_NE(error_of(hand::header(4, 4, 8, 0) + hand::data({"1234"}) + hand::end()), "no error");
  EXPECT_NE(error_of(hand::header(4, 4, 5, 0) + hand::end()), "no error");
}

TEST(Png, ComesBackAsItWent) {
  for (const PngEffort effort : {PngEffort::kFast, PngEffort::kDefault, PngEffort::kSmallest}) {
    for (const auto& [width, height] : {std::pair{1, 1}, {1, 300}, {300, 1}, {37, 23}}) {
      for (const bool grey : {false, true}) {
        const Image image = gradient(width, height, grey);
        const auto bytes = encode_png(image, effort);
        ASSERT_TRUE(bytes.ok());
        const bool stored_grey = (*bytes)[25] == 0;  // the colour type in IHDR
        EXPECT_EQ(stored_grey, grey || width * height == 0);
        EXPECT_EQ(decoded(*bytes), image.rgb);
      }
    }
  }
  EXPECT_FALSE(encode_png(Image()).ok());
}

TEST(Png, MoreEffortIsSmaller) {
  Image page(640, 640);
  for (int y = 40; y < 600; y += 12) {
    for (int x = 30; x < 600; ++x) {
      const auto ink = static_cast<std::uint8_t>((x * x + y * 31) % 251);
      for (int c = 0; c < 3; ++c) page.row(y + x % 7)[3 * x + c] = ink;
    }
  }
  const std::size_t fast = encode_png(page, PngEffort::kFast)->size();
  const std::size_t normal = encode_png(page, PngEffort::kDefault)->size();
  const std::size_t smallest = encode_png(page, PngEffort::kSmallest)->size();
  EXPECT_LE(normal, fast);
  EXPECT_LE(smallest, normal);
}

}  // namespace
}  // namespace quire
