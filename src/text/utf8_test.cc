#include "text/utf8.h"

#include <gtest/gtest.h>

#include <random>

namespace quire {
namespace {

TEST(Utf8, RoundTripsEveryCodePoint) {
  std::string bytes;
  std::u32string text;
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c == 0xD800) c = 0xE000;  // surrogates are not characters
    text.push_back(c);
  }
  bytes = encode_utf8(text);
  EXPECT_EQ(bytes.size(), 0x80u + 2 * 0x780 + 3 * (0xF800 - 0x800) + 4 * 0x100000);
  const auto decoded = decode_utf8(bytes);
  ASSERT_TRUE(decoded) << decoded.status().message();
  EXPECT_EQ(*decoded, text);
}

TEST(Utf8, SurrogatesAndTooLargeValuesAreWrittenAsReplacement) {
  EXPECT_EQ(encode_utf8(std::u32string{0xD800, 0xDFFF, 0x110000, 0xFFFFFFFF}),
            "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

// What Python 3.11 gives for bytes.decode("utf-8", "replace"), `?` standing for U+FFFD.
TEST(Utf8, LossyDecodingIsPythons) {
  const struct {
    std::string_view bytes;
    std::u32string_view text;
  } cases[] = {
      {"", U""},
      {"a\x80z", U"a\uFFFDz"},
      {"\xC0\x80", U"\uFFFD\uFFFD"},            // overlong NUL
      {"\xE2\x82z", U"\uFFFDz"},                // euro sign without its last byte
      {"\xE2\x82", U"\uFFFD"},                  // the same, at the end
      {"\xE0\x80\x80", U"\uFFFD\uFFFD\uFFFD"},  // overlong
      {"\xED\xA0\x80", U"\uFFFD\uFFFD\uFFFD"},  // a surrogate
      {"\xF0\x9F\x98\xF0\x9F\x98\x80", U"\uFFFD\U0001F600"},
      {"\xF4\x90\x80\x80", U"\uFFFD\uFFFD\uFFFD\uFFFD"},  // above U+10FFFF
      {"\xF8\x88\x80\x80\x80", U"\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD"},
      {"\xFF\xFE", U"\uFFFD\uFFFD"},
      {"\xF1\x80\x80z\xC3\xA9", U"\uFFFDz\u00E9"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(decode_utf8_lossy(c.bytes), c.text);
    EXPECT_EQ(repair_utf8(c.bytes), encode_utf8(c.text));
  }
}

TEST(Utf8, TheErrorNamesTheFirstWrongByte) {
  EXPECT_EQ(valid_prefix("caf\xC3\xA9"), 5u);
  EXPECT_EQ(valid_prefix("caf\xC3"), 3u);
  const auto result = decode_utf8("caf\xE9 noir");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.status().code(), Code::kInvalid);
  EXPECT_EQ(result.status().message(), "not UTF-8 text: byte 3 (0xE9) does not belong there");
}

TEST(Utf8, NulIsACharacter) {
  const auto result = decode_utf8(std::string_view("a\0b", 3));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->size(), 3u);
}

TEST(Utf8, AStreamGivesTheSameHoweverItIsCut) {
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    std::string bytes;
    for (int i = 0; i < 40; ++i) {
      if (random() % 3 == 0) bytes.push_back(static_cast<char>(random()));
      append_utf8(random() % 2 ? random() % 0x80 : random() % 0x110000, bytes);
      if (random() % 5 == 0) bytes.pop_back();
    }
    Utf8Stream stream;
    std::string text;
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t n = random() % 4;
      const std::string piece = stream.push(std::string_view(bytes).substr(at, n));
      EXPECT_EQ(valid_prefix(piece), piece.size());
      text += piece;
      at += n;
    }
    text += stream.finish();
    EXPECT_EQ(text, encode_utf8(decode_utf8_lossy(bytes)));
    EXPECT_EQ(text, repair_utf8(bytes));
  }
}

TEST(Utf8, AStreamHoldsBackHalfACharacterOnly) {
  Utf8Stream stream;
  EXPECT_EQ(stream.push("a\xE2"), "a");
  EXPECT_EQ(stream.push("\x82"), "");
  EXPECT_EQ(stream.push("\xAC!"), "\u20AC!");
  EXPECT_EQ(stream.push("\xE2"), "");
  EXPECT_EQ(stream.finish(), "\uFFFD");
  EXPECT_EQ(stream.finish(), "");
  EXPECT_EQ(stream.push("b"), "b");
}

}  // namespace
}  // namespace quire
