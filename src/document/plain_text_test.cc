#include "document/plain_text.h"

#include <gtest/gtest.h>

#include "text/word_diff.h"

namespace quire {
namespace {

std::string words(std::string_view markdown) {
  std::string all;
  for (const std::string& word : comparable_words(plain_text(markdown))) {
    all += (all.empty() ? "" : " ") + word;
  }
  return all;
}

TEST(PlainText, MarksGoAndWordsStay) {
  EXPECT_EQ(words("# A title\n\nSome **bold** words.\n\n- a point\n* another\n> quoted"),
            "A title Some bold words. a point another quoted");
  EXPECT_EQ(words("<table><tr><td>one</td><td colspan=\"2\">two</td></tr></table>"), "one two");
  EXPECT_EQ(words("| a | b |\n|---|:-:|\n| 1 | 2 |"), "a b 1 2");
  EXPECT_EQ(words("x<sup>2</sup> and H<sub>2</sub>O, a<br>b"), "x2 and H2O, a b");
  EXPECT_EQ(words("![](a_figures/page-1-0.png)\nFigure 1: R&amp;D"), "Figure 1: R&D");
  EXPECT_EQ(words("the sum \\(a + b\\)"), "the sum a + b");
}

TEST(PlainText, WhatIsNoMarkStays) {
  for (const char* text : {"if a < b and b > c", "#1 of 7", "a|b", "2 * 3 - 1", "<3", "1. First",
                           "-5 degrees", "#######", "<", "</", "![](", "&"}) {
    EXPECT_EQ(words(text), text);
  }
  EXPECT_EQ(plain_text(std::string(1 << 20, '<')).size(), (std::size_t{1} << 20) + 1);
}

}  // namespace
}  // namespace quire
