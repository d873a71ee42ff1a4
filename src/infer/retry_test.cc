#include "infer/retry.h"

#include <gtest/gtest.h>

namespace quire {
namespace {

Way way(std::string_view mode, std::string_view guard) {
  return {*find_mode(mode), *find_ngram_preset(guard)};
}

std::string described(const std::vector<Way>& ways) {
  std::string text;
  for (const Way& w : ways) {
    text += std::string(w.mode.name) + " " + std::string(w.guard.name) + " " +
            std::to_string(static_cast<int>(10 * w.temperature + 0.5f)) + "; ";
  }
  return text;
}

TEST(Ladder, OneStepAtATime) {
  EXPECT_EQ(described(ladder(way("gundam", "20-whole"))),
            "gundam 20-whole 0; gundam 30/90 0; base 30/90 0; gundam 30/90 2; gundam 30/90 4; ");
  EXPECT_EQ(described(ladder(way("tiny", "20/50"), 2)),
            "tiny 20/50 0; tiny 20-whole 0; small 20-whole 0; ");
  EXPECT_EQ(described(ladder(way("large", "off"), 1)), "large off 0; large 20-whole 0; ");
  EXPECT_EQ(ladder(way("base", "off"), 0).size(), 1u);
  EXPECT_EQ(ladder(way("base", "off"), -3).size(), 1u);
  const Way custom{*mode_from_sizes(768, 768, false), kDefaultGuard};
  EXPECT_EQ(ladder(custom).size(), 4u) << "a mode of one's own has no second look";
  const auto ways = ladder(way("base", "off"));
  EXPECT_NE(ways[3].seed, ways[4].seed);
}

TEST(Ladder, EveryModeLooksAgainInAnother) {
  for (const Mode& mode : kModes) {
    const Result<Mode> second = find_mode(mode.second_look);
    ASSERT_TRUE(second) << mode.name;
    EXPECT_NE(second->name, mode.name);
  }
}

// Answers by the clock: the status of each try in turn.
struct Script {
  std::vector<ReadStatus> statuses;
  std::size_t next = 0;

  Result<Answer> read(const Way&) {
    const ReadStatus status = statuses[next++];
    if (status == ReadStatus::kError) return invalid("try " + std::to_string(next) + " broke");
    Answer answer;
    answer.text = "try " + std::to_string(next);
    answer.status = status;
    answer.tokens = 10 * next;
    return answer;
  }
};

Result<Climb> run(std::vector<ReadStatus> statuses, int retries = kMaxRetries) {
  Script script{std::move(statuses)};
  return climb(ladder(way("base", "20-whole"), retries),
               [&](const Way& w) { return script.read(w); });
}

TEST(Climb, StopsAtTheFirstThatEnds) {
  using enum ReadStatus;
  auto found = run({kOk});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->attempts.size(), 1u);
  found = run({kEmpty});
  EXPECT_EQ(found->attempts.size(), 1u) << "an empty page is read";
  found = run({kLoop, kLimit, kOk});
  ASSERT_EQ(found->attempts.size(), 3u);
  EXPECT_EQ(found->chosen, 2u);
  EXPECT_EQ(found->answer.text, "try 3");
  EXPECT_EQ(found->attempts[0].status, kLoop);
  EXPECT_EQ(found->attempts[1].tokens, 20u);
  EXPECT_EQ(found->attempts[2].way.mode.name, "gundam");
}

TEST(Climb, WhatNeverEndsIsNoSuccess) {
  using enum ReadStatus;
  auto found = run({kLoop, kLimit, kLoop, kLimit, kLoop});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->attempts.size(), 5u);
  EXPECT_EQ(found->chosen, 0u);
  EXPECT_EQ(found->answer.text, "try 1");
  EXPECT_EQ(found->answer.status, kLoop);
  found = run({kLimit}, 0);
  EXPECT_EQ(found->answer.status, kLimit);
}

TEST(Climb, AnErrorOnTheWayIsNotTheEnd) {
  using enum ReadStatus;
  auto found = run({kLimit, kError, kOk});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->attempts[1].status, kError);
  EXPECT_EQ(found->attempts[1].problem, "try 2 broke");
  EXPECT_EQ(found->answer.text, "try 3");
  EXPECT_FALSE(run({kError})) << "the first is the user's question";
}

}  // namespace
}  // namespace quire
