#include "text/word_diff.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace quire {
namespace {

using Words = std::vector<std::string>;

TEST(WordDiff, SaysWhereAndWhat) {
  const WordDiff diff = diff_words("the quick brown fox jumps", "the quack brown fox now jumps");
  EXPECT_EQ(diff.left_words, 5U);
  EXPECT_EQ(diff.right_words, 6U);
  EXPECT_EQ(diff.common, 4U);
  ASSERT_EQ(diff.differences.size(), 2U);
  EXPECT_EQ(diff.differences[0].left, "quick");
  EXPECT_EQ(diff.differences[0].right, "quack");
  EXPECT_EQ(diff.differences[0].left_at, 1U);
  EXPECT_EQ(diff.differences[1].left, "");
  EXPECT_EQ(diff.differences[1].right, "now");
  EXPECT_EQ(diff.differences[1].right_at, 4U);
}

TEST(WordDiff, EqualAndEmptyTexts) {
  EXPECT_TRUE(diff_words("a b\n c", "a  b c ").differences.empty());
  EXPECT_TRUE(diff_words("", "").differences.empty());
  const WordDiff all = diff_words("", "a b");
  ASSERT_EQ(all.differences.size(), 1U);
  EXPECT_EQ(all.differences[0].right, "a b");
  EXPECT_EQ(diff_words("a b", " \n").differences[0].left, "a b");
}

TEST(WordDiff, WordsAreComparedAsPeopleReadThem) {
  EXPECT_EQ(comparable_words("\ufb01nd exam-\nple co\u00adop well-known -\nx"),
            (Words{"find", "example", "coop", "well-known", "-", "x"}));
  EXPECT_EQ(comparable_words("end-"), (Words{"end-"}));
  EXPECT_EQ(comparable_words("a-\n\n b"), (Words{"ab"}));
  EXPECT_EQ(comparable_words("\xff x"), (Words{"\ufffd", "x"}));
}

// The slow twin: the longest common subsequence by its table.
std::size_t longest_common(const Words& a, const Words& b) {
  std::vector<std::vector<std::size_t>> best(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      best[i][j] =
          a[i - 1] == b[j - 1] ? best[i - 1][j - 1] + 1 : std::max(best[i - 1][j], best[i][j - 1]);
    }
  }
  return best[a.size()][b.size()];
}

TEST(WordDiff, FindsAsManyCommonWordsAsThereAre) {
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    std::string texts[2];
    for (std::string& text : texts) {
      const unsigned words = random() % 40;
      for (unsigned i = 0; i < words; ++i) text += "abcd"[random() % 4] + std::string(" ");
    }
    const WordDiff diff = diff_words(texts[0], texts[1]);
    const Words a = comparable_words(texts[0]), b = comparable_words(texts[1]);
    EXPECT_EQ(diff.common, longest_common(a, b)) << texts[0] << "/ " << texts[1];
    std::size_t left = diff.common, right = diff.common;  // nothing is lost
    for (const WordDifference& difference : diff.differences) {
      left += comparable_words(difference.left).size();
      right += comparable_words(difference.right).size();
    }
    EXPECT_EQ(left, a.size());
    EXPECT_EQ(right, b.size());
  }
}

TEST(WordDiff, TextsFarApartEndInOneDifference) {
  std::string left = "same start ", right = left;
  for (int i = 0; i < 3000; ++i) {
    left += "l" + std::to_string(i) + " ";
    right += "r" + std::to_string(i) + " ";
  }
  const WordDiff diff = diff_words(left, right);
  EXPECT_EQ(diff.common, 2U);
  EXPECT_EQ(diff.differences.size(), 1U);
}

}  // namespace
}  // namespace quire
