#include "memory/leaf.h"

#include <gtest/gtest.h>

#include "memory/tier.h"

namespace quire {
namespace {

TEST(Leaf, ATokenThatIsReadWrongHarmsNoOther) {
  QuirePageHead head;
  head.layout = {512, 64, 2};  // 8 letters in each of a token's two lines
  head.characters = 1024;
  PageReading page;
  page.passes.assign(64, "abcdefgh\nijklmnop");
  page.passes[1] = "12345678\n";                     // a line too few
  page.passes[2] = "123456789x\n12\n!!!\n!!!\n!!!";  // lines too long and too many
  page.passes[63] = "";
  const std::u32string text = placed_letters(page, head);
  ASSERT_EQ(text.size(), 1024u);
  EXPECT_EQ(text.substr(0, 32), U"abcdefgh1234567812345678abcdefgh");
  EXPECT_EQ(text.substr(64, 32), U"ijklmnop        12      ijklmnop");
  EXPECT_EQ(text.substr(128, 8), U"abcdefgh") << "the next row of tokens stands where it should";
  EXPECT_EQ(text.substr(1016), U"        ");
}

TEST(Leaf, LineMarksBecomeLineEndsAndWhatIsMissingIsBlank) {
  QuirePageHead head;
  head.layout = {512, 64, 2};
  head.characters = 11;
  PageReading page;
  page.passes.assign(64, "ab\u21B5cdefg");
  EXPECT_EQ(placed_letters(page, head), U"ab\ncdefgab\n");
  page.passes = {"one pass alone"};
  page.text = "all in one";
  EXPECT_EQ(placed_letters(page, head), U"all in one ");
}

}  // namespace
}  // namespace quire
