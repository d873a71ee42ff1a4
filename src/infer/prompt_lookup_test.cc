#include "infer/prompt_lookup.h"

#include <gtest/gtest.h>

#include <random>

namespace quire {
namespace {

using Ids = std::vector<std::int32_t>;

TEST(PromptLookup, GuessesWhatStoodBehindTheSameWords) {
  const Ids prompt = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  EXPECT_EQ(PromptLookup(prompt).guess(Ids{2, 3, 4}, 10), (Ids{5, 6, 7, 8}));
  EXPECT_EQ(PromptLookup(prompt).guess(Ids{2, 3, 4}, 2), (Ids{5, 6}));
  EXPECT_EQ(PromptLookup(prompt).guess(Ids{9, 3, 4}, 10), Ids{}) << "two ids are not enough";
  EXPECT_EQ(PromptLookup(prompt).guess(Ids{6, 7, 8}, 10), (Ids{9, 6, 7, 8}))
      << "the answer is text too";
  EXPECT_EQ(PromptLookup({}).guess(Ids{5, 1, 2, 3, 4, 6, 1, 2, 3}, 1), Ids{4});
}

TEST(PromptLookup, OfSeveralPlacesTheLongestMatchAndThenTheLatest) {
  EXPECT_EQ(PromptLookup({}).guess(Ids{1, 2, 3, 10, 1, 2, 3, 11, 1, 2, 3}, 1), Ids{11});
  EXPECT_EQ(PromptLookup({}).guess(Ids{9, 1, 2, 3, 10, 1, 2, 3, 11, 9, 1, 2, 3}, 1), Ids{10});
}

TEST(PromptLookup, WhatTurnsInACircleIsGuessedToGoOn) {
  EXPECT_EQ(PromptLookup({}).guess(Ids{1, 1, 1, 1}, 10), (Ids{1, 1, 1, 1}));
  EXPECT_EQ(PromptLookup({}).guess(Ids{9, 1, 2, 3, 1, 2, 3}, 10), (Ids{1, 2, 3, 1}));
}

TEST(PromptLookup, TooLittleToGuessFrom) {
  PromptLookup lookup({});
  EXPECT_EQ(lookup.guess({}, 10), Ids{});
  EXPECT_EQ(lookup.guess(Ids{1}, 10), Ids{});
  EXPECT_EQ(lookup.guess(Ids{1, 1}, 10), Ids{});
  EXPECT_EQ(lookup.guess(Ids{1, 1, 1}, 10), Ids{});
  EXPECT_EQ(lookup.guess(Ids{1, 1, 1, 1}, 0), Ids{});
}

TEST(PromptLookup, RightGuessesGoFurtherWrongOnesRest) {
  // A text that repeats every 50 ids.
  Ids text;
  for (std::int32_t i = 0; i < 400; ++i) text.push_back(i % 50);
  PromptLookup right({});
  Ids said(text.begin(), text.begin() + 60);
  std::vector<std::size_t> sizes;
  while (said.size() < 200) {
    const Ids guess = right.guess(said, 100);
    sizes.push_back(guess.size());
    said.assign(text.begin(),
                text.begin() + static_cast<std::ptrdiff_t>(said.size() + guess.size() + 1));
  }
  EXPECT_EQ((std::vector(sizes.begin(), sizes.begin() + 4)),
            (std::vector<std::size_t>{4, 8, 16, 16}));

  // The same three words, each time with another behind them.
  PromptLookup wrong({});
  said.clear();
  std::size_t guesses = 0, calls = 0;
  for (std::int32_t i = 0; i < 300; ++i) {
    for (const std::int32_t id : {1, 2, 3, 10 + i}) {
      said.push_back(id);
      guesses += !wrong.guess(said, 100).empty();
      ++calls;
    }
  }
  EXPECT_LT(guesses, calls / 20);
  EXPECT_GT(guesses, 5u) << "it tries again now and then";
}

}  // namespace
}  // namespace quire
