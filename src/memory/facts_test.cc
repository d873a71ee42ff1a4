#include "memory/facts.h"

#include <gtest/gtest.h>

#include <numeric>

namespace quire {
namespace {

using Strings = std::vector<std::string>;

TEST(Facts, AreWhatABlurWouldInvent) {
  EXPECT_EQ(exact_strings("Please pay invoice QX-4821 by 14 March 2026, room 12b."),
            (Strings{"QX-4821", "14 March 2026", "12b"}));
  EXPECT_EQ(exact_strings("Mail to ann@example.org or see https://a.org/x?y."),
            (Strings{"ann@example.org", "https://a.org/x?y"}));
  EXPECT_EQ(exact_strings("It was Captain Ahab who said so, and he paid $40."),
            (Strings{"Captain Ahab", "$40"}));
  EXPECT_EQ(exact_strings("call std::sort in notes.txt with maxDepth"),
            (Strings{"std::sort", "notes.txt", "maxDepth"}));
}

TEST(Facts, PlainWordsAreNone) {
  EXPECT_TRUE(exact_strings("The sea was calm. Nobody spoke. What a day! And I slept.").empty());
  EXPECT_TRUE(exact_strings("").empty());
  EXPECT_TRUE(exact_strings(" \n .,;:-- \xff\xfe ").empty());
}

TEST(Facts, OfASheetBringTheWordsThatSayWhatTheyAre) {
  EXPECT_EQ(fact_sheet("the plumber came and left invoice QX-4821 on the table"),
            (Strings{"came and left invoice QX-4821"}));
  // Not across the end of a sentence, nor of a line, nor into the fact before.
  EXPECT_EQ(fact_sheet("It rained. Room 12b was taken"), (Strings{"Room 12b"}));
  EXPECT_EQ(fact_sheet("a list\n4711"), (Strings{"4711"}));
  EXPECT_EQ(fact_sheet("pay 40 or 50"), (Strings{"pay 40", "or 50"}));
  // In turn, as far as the budget goes: 32 letters, 8 of them for the numbers.
  EXPECT_EQ(fact_sheet("the number of the gate is 1234 and that of the bridge is 5678"),
            (Strings{"the gate is 1234", "bridge is 5678"}));
}

TEST(Facts, StayInsideTheirBudget) {
  std::string text;
  for (int i = 0; i < 500; ++i) text += "and number " + std::to_string(100000 + i) + " was there ";
  const Strings facts = exact_strings(text);
  const auto letters =
      std::accumulate(facts.begin(), facts.end(), std::size_t{0},
                      [](std::size_t sum, const std::string& fact) { return sum + fact.size(); });
  EXPECT_LE(letters, kMostFactLetters);
  EXPECT_GT(letters, kMostFactLetters - 10);
  EXPECT_EQ(facts.front(), "100000");
}

TEST(Facts, NumbersGoBeforeNamesWhenRoomIsShort) {
  EXPECT_EQ(exact_strings("we met Bartholomew Featherstonehaugh on 3 May"), (Strings{"3 May"}));
}

TEST(Facts, AreEachKeptOnceAndHaveNoLineEnds) {
  EXPECT_EQ(exact_strings("first 42\nthen 42\nand 42 again"), (Strings{"42"}));
  for (const std::string& fact : exact_strings("line 17\n18\n\r19 and\t20")) {
    EXPECT_EQ(fact.find_first_of("\n\r\t"), fact.npos) << fact;
  }
}

}  // namespace
}  // namespace quire
