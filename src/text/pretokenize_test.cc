#include "text/pretokenize.h"

#include <gtest/gtest.h>

#include "text/unicode_class.h"

namespace quire {
namespace {

std::vector<std::string> pieces(std::string_view text) {
  const auto pretokenizer = Pretokenizer::from_regexes(deepseek_v3_regexes());
  EXPECT_TRUE(pretokenizer);
  std::vector<std::string> out;
  pretokenizer->split(text, [&](std::string_view piece) { out.emplace_back(piece); });
  return out;
}
using Pieces = std::vector<std::string>;

// What the Hugging Face library's pre_tokenize_str gives for DeepSeek-V3.
TEST(Pretokenize, CutsLikeTheRegularExpressions) {
  EXPECT_EQ(pieces(""), Pieces{});
  EXPECT_EQ(pieces("Hello world"), (Pieces{"Hello", " world"}));
  EXPECT_EQ(pieces("12345"), (Pieces{"123", "45"}));
  EXPECT_EQ(pieces("year 2026,"), (Pieces{"year", " ", "202", "6", ","}));
  EXPECT_EQ(pieces("日本語のテキスト!"), (Pieces{"日本語のテキスト", "!"}));
  EXPECT_EQ(pieces("ア・イ"), (Pieces{"ア", "・", "イ"}));  // a mark inside the CJK range
  EXPECT_EQ(pieces("don't"), (Pieces{"don", "'t"}));
  EXPECT_EQ(pieces("a.b"), (Pieces{"a", ".b"}));
  EXPECT_EQ(pieces("\xC3\xA9t\xC3\xA9"), (Pieces{"\xC3\xA9t\xC3\xA9"}));
  EXPECT_EQ(pieces(".\xC3\xA9"), (Pieces{".", "\xC3\xA9"}));  // only ASCII letters join a mark
  EXPECT_EQ(pieces("a ... b"), (Pieces{"a", " ...", " b"}));
  EXPECT_EQ(pieces("x;\r\n\ny"), (Pieces{"x", ";\r\n\n", "y"}));
}

TEST(Pretokenize, WhiteSpaceLooksAheadOnlyInsideItsPiece) {
  EXPECT_EQ(pieces("a   b"), (Pieces{"a", "  ", " b"}));
  EXPECT_EQ(pieces("a   "), (Pieces{"a", "   "}));
  EXPECT_EQ(pieces("a   1"), (Pieces{"a", "   ", "1"}));    // the digit is another piece
  EXPECT_EQ(pieces("a   字"), (Pieces{"a", "   ", "字"}));  // so is the CJK run
  EXPECT_EQ(pieces("a \t b"), (Pieces{"a", " \t", " b"}));
  EXPECT_EQ(pieces("a \n \n  b"), (Pieces{"a", " \n \n", " ", " b"}));
  EXPECT_EQ(pieces("\n"), Pieces{"\n"});
  EXPECT_EQ(pieces(" "), Pieces{" "});
  EXPECT_EQ(pieces("\tx"), Pieces{"\tx"});
  EXPECT_EQ(pieces("\t."), (Pieces{"\t", "."}));
}

TEST(Pretokenize, CharactersThatNothingMatchesAreAPiece) {
  const std::string nul(1, '\0');
  EXPECT_EQ(pieces(nul + nul), Pieces{nul + nul});
  EXPECT_EQ(pieces(nul + "a"), Pieces{nul + "a"});  // any odd character may lead a word
  EXPECT_EQ(pieces("\x01\x01 "), (Pieces{"\x01\x01", " "}));
}

TEST(Pretokenize, AnUnknownExpressionIsRefusedByName) {
  const std::vector<std::string> regexes = {"\\p{N}{1,3}", "'s|'t"};
  const auto result = Pretokenizer::from_regexes(regexes);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.status().code(), Code::kUnsupported);
  EXPECT_NE(result.status().message().find("'s|'t"), std::string::npos);
}

TEST(Pretokenize, WithoutExpressionsTheTextIsOnePiece) {
  const auto pretokenizer = Pretokenizer::from_regexes({});
  ASSERT_TRUE(pretokenizer);
  int count = 0;
  pretokenizer->split("a b 1", [&](std::string_view) { ++count; });
  EXPECT_EQ(count, 1);
}

TEST(Pretokenize, TenMegabytesOfOneKindAreLinear) {
  for (const char* unit : {"a", "7", " ", "\n", "字", ".", "\x01"}) {
    std::string text;
    while (text.size() < 10'000'000) text += unit;
    std::size_t total = 0;
    const auto pretokenizer = Pretokenizer::from_regexes(deepseek_v3_regexes());
    pretokenizer->split(text, [&](std::string_view piece) { total += piece.size(); });
    EXPECT_EQ(total, text.size());
  }
}

TEST(UnicodeClass, KnowsTheCategories) {
  EXPECT_EQ(char_class(U'a'), kLetter);
  EXPECT_EQ(char_class(U'7'), kNumber);
  EXPECT_EQ(char_class(U'$'), kSymbol);
  EXPECT_EQ(char_class(U'!'), kPunctuation);
  EXPECT_EQ(char_class(U'\u0301'), kMark);
  EXPECT_EQ(char_class(U'\u00BD'), kNumber);
  EXPECT_EQ(char_class(U'\u0085'), kSpace);  // a control character, but White_Space
  EXPECT_EQ(char_class(U'\u3000'), kSpace);
  EXPECT_EQ(char_class(U'\uFEFF'), 0);
  EXPECT_EQ(char_class(U'\uE000'), 0);
  EXPECT_EQ(char_class(0xFFFFFFFF), 0);
  EXPECT_TRUE(is_python_space(0x1C));
  EXPECT_FALSE(is_class(0x1C, kSpace));
}

}  // namespace
}  // namespace quire
