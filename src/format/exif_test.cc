#include "format/exif.h"

#include <gtest/gtest.h>

#include <random>

#include "format/test_support.h"

namespace quire {
namespace {

using namespace std::string_literals;

const std::string kIntel =
    "II*\0\x08\0\0\0"s
    "\x02\0"s
    "\x0f\x01\x02\0\x04\0\0\0"s
    "abc\0"s
    "\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"s
    "\0\0\0\0"s;
const std::string kMotorola =
    "MM\0*\0\0\0\x0a"s
    "zz"s
    "\0\x01"s
    "\x01\x12\0\x03\0\0\0\x01\0\x08\0\0"s
    "\0\0\0\0"s;

TEST(Exif, BothByteOrdersWithAndWithoutThePrefix) {
  EXPECT_EQ(exif_orientation(as_bytes(kIntel)), 6);
  EXPECT_EQ(exif_orientation(as_bytes(kMotorola)), 8);
  EXPECT_EQ(exif_orientation(as_bytes("Exif\0\0"s + kIntel)), 6);
}

TEST(Exif, DamageMeansUpright) {
  EXPECT_EQ(exif_orientation({}), 1);
  EXPECT_EQ(exif_orientation(as_bytes("Exif\0\0"s)), 1);
  EXPECT_EQ(exif_orientation(as_bytes("II"s)), 1);
  EXPECT_EQ(exif_orientation(as_bytes("II*\0\xff\xff\xff\xff"s)), 1);
  EXPECT_EQ(exif_orientation(as_bytes("II*\0\x08\0\0\0\xff\xff"s)), 1);
  std::string text = kIntel;
  text[10 + 12 + 8] = 9;  // an orientation that does not exist
  EXPECT_EQ(exif_orientation(as_bytes(text)), 1);
  text[10 + 12 + 8] = 0;
  EXPECT_EQ(exif_orientation(as_bytes(text)), 1);
  text = kIntel;
  text[10 + 12 + 2] = 4;  // a LONG where a SHORT must be
  EXPECT_EQ(exif_orientation(as_bytes(text)), 1);
  for (std::size_t size = 0; size < 32; ++size) {
    EXPECT_EQ(exif_orientation(as_bytes(kIntel).first(size)), 1) << size;
  }
}

TEST(Exif, AnyBytesGiveAnAnswer) {
  std::mt19937 random(1);
  for (int round = 0; round < 20'000; ++round) {
    std::string text = round % 2 == 0 ? kIntel : kMotorola;
    for (int i = 0; i < 3; ++i) text[random() % text.size()] = static_cast<char>(random());
    const int orientation = exif_orientation(as_bytes(text));
    EXPECT_GE(orientation, 1);
    EXPECT_LE(orientation, 8);
  }
}

}  // namespace
}  // namespace quire
