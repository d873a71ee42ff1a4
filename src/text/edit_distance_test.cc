#include "text/edit_distance.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "text/word_score.h"

namespace quire {
namespace {

struct Alignment {
  std::size_t distance = 0, matches = 0;
};

// The textbook: the whole matrix; of equal distances the one with more matches.
Alignment align_slowly(std::u32string_view a, std::u32string_view b) {
  std::vector<std::vector<Alignment>> d(a.size() + 1, std::vector<Alignment>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        d[i][j] = {i + j, 0};
        continue;
      }
      const bool same = a[i - 1] == b[j - 1];
      Alignment best = {d[i - 1][j - 1].distance + !same, d[i - 1][j - 1].matches + same};
      for (const Alignment& from : {d[i - 1][j], d[i][j - 1]}) {
        const std::size_t distance = from.distance + 1;
        if (distance < best.distance ||
            (distance == best.distance && from.matches > best.matches)) {
          best = {distance, from.matches};
        }
      }
      d[i][j] = best;
    }
  }
  return d[a.size()][b.size()];
}

TEST(EditDistance, KnownWords) {
  EXPECT_EQ(edit_distance(U"", U""), 0u);
  EXPECT_EQ(edit_distance(U"", U"abc"), 3u);
  EXPECT_EQ(edit_distance(U"kitten", U"sitting"), 3u);
  EXPECT_EQ(edit_distance(U"intention", U"execution"), 5u);
  EXPECT_EQ(edit_distance(U"\U0001F600é", U"é"), 1u);
  EXPECT_EQ(matched_characters(U"kitten", U"sitting"), 4u);
  EXPECT_EQ(matched_characters(U"same", U"same"), 4u);
  EXPECT_EQ(matched_characters(U"", U"x"), 0u);
}

TEST(EditDistance, AgreesWithTheSlowTwin) {
  std::mt19937 random(3);
  for (int round = 0; round < 600; ++round) {
    const std::size_t letters = 1 + random() % 6;
    const auto text = [&](std::size_t length) {
      std::u32string s;
      for (std::size_t i = 0; i < length; ++i) s.push_back(U'a' + random() % letters);
      return s;
    };
    const std::u32string a = text(random() % 200);
    std::u32string b = text(random() % 200);
    if (round % 2 == 0) {  // near each other
      b = a;
      for (std::size_t k = random() % 8; k > 0 && !b.empty(); --k) {
        const std::size_t at = random() % b.size();
        if (random() % 2)
          b.erase(at, random() % 5);
        else
          b.insert(at, text(random() % 5));
      }
    }
    const Alignment expected = align_slowly(a, b);
    EXPECT_EQ(edit_distance(a, b), expected.distance);
    EXPECT_EQ(edit_distance(b, a), expected.distance);
    EXPECT_EQ(matched_characters(a, b), expected.matches);
    EXPECT_EQ(matched_characters(b, a), expected.matches);
  }
}

TEST(EditDistance, LengthsAroundTheStripsOf64) {
  for (const std::size_t m : {1, 63, 64, 65, 127, 128, 129, 192}) {
    for (const std::size_t n : {1, 64, 65, 128, 200}) {
      const std::u32string a(m, U'x'), b(n, U'y');
      EXPECT_EQ(edit_distance(a, b), std::max(m, n));
      EXPECT_EQ(matched_characters(a, b), 0u);
      EXPECT_EQ(edit_distance(U"<" + a + U">", U"(" + a + U")"), 2u);
    }
  }
}

TEST(EditDistance, TenThousandCharacters) {
  std::mt19937 random(5);
  std::u32string a, b;
  for (int i = 0; i < 10'000; ++i) {
    a.push_back(U'a' + random() % 26);
    b.push_back(U'a' + random() % 26);
  }
  const std::size_t distance = edit_distance(a, b), matches = matched_characters(a, b);
  EXPECT_GT(distance, 6'000u);
  EXPECT_LT(distance, 10'000u);
  EXPECT_GE(matches + distance, 10'000u);
}

TEST(EditDistance, OneMinusEd) {
  EXPECT_DOUBLE_EQ(one_minus_ed(U"", U""), 1);
  EXPECT_DOUBLE_EQ(one_minus_ed(U"", U"ab"), 0);
  EXPECT_DOUBLE_EQ(one_minus_ed(U"abcd", U"abxd"), 0.75);
}

TEST(WordScore, CountsDistinctWords) {
  const WordScore score = word_score(U"the cat  the\u3000dog\nsat", U"the cat sat on the mat");
  EXPECT_DOUBLE_EQ(score.precision, 3.0 / 4);
  EXPECT_DOUBLE_EQ(score.recall, 3.0 / 5);
}

TEST(WordScore, TextsWithoutWords) {
  EXPECT_EQ(word_score(U"", U" \n").precision, 1);
  EXPECT_EQ(word_score(U"", U"a").precision, 0);
  EXPECT_EQ(word_score(U"a", U"").recall, 0);
}

}  // namespace
}  // namespace quire
