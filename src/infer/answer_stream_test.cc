#include "infer/answer_stream.h"

#include <gtest/gtest.h>

#include <random>

#include "format/test_support.h"
#include "text/strip.h"
#include "text/utf8.h"

namespace quire {
namespace {

class AnswerStreamTest : public testing::Test {
 protected:
  void SetUp() override { QUIRE_NEEDS_GOLDEN("tiny-model"); }

  // The pieces of an answer; ids 3 to 258 of the test model's vocabulary are the bytes.
  std::vector<std::string> pieces(std::string_view bytes) {
    static const Tokenizer tokenizer =
        *Tokenizer::load((golden_path("tiny-model") / "tokenizer.json").string());
    AnswerStream stream(tokenizer);
    std::vector<std::string> out;
    for (const char byte : bytes) out.push_back(stream.push(3 + static_cast<std::uint8_t>(byte)));
    out.push_back(stream.finish());
    return out;
  }
};

TEST_F(AnswerStreamTest, CharactersComeWholeAndSpacesWithTheNextWord) {
  EXPECT_EQ(pieces(" \n\xC3\xA9 b\n"),
            (std::vector<std::string>{"", "", "", "\xC3\xA9", "", " b", "", ""}));
  EXPECT_EQ(pieces("a\xE2\x82"), (std::vector<std::string>{"a", "", "", "\xEF\xBF\xBD"}));
  EXPECT_EQ(pieces(" \n "), (std::vector<std::string>{"", "", "", ""}));
  EXPECT_EQ(pieces(""), (std::vector<std::string>{""}));
}

TEST_F(AnswerStreamTest, AnyBytesGiveWholeCharactersThatAreTheStrippedText) {
  std::mt19937 random(3);
  const std::string_view some = "a \n\t\xC3\xA9\xE3\x80\x80\xF0\x9F\x99\x82\xC2\x85\xFF";
  for (int round = 0; round < 300; ++round) {
    std::string bytes;
    for (std::size_t i = random() % 20; i > 0; --i) bytes += some[random() % some.size()];
    std::string whole;
    for (const std::string& piece : pieces(bytes)) {
      EXPECT_EQ(valid_prefix(piece), piece.size());
      whole += piece;
    }
    EXPECT_EQ(whole, strip(repair_utf8(bytes)));
  }
}

}  // namespace
}  // namespace quire
