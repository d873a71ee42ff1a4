#include "infer/loop_detector.h"

#include <gtest/gtest.h>

#include <vector>

namespace quire {
namespace {

using Ids = std::vector<std::int32_t>;

// `prefix` ids that never repeat, then `repeats` times the ids 0 to period - 1.
Ids looping(std::int32_t prefix, std::int32_t period, std::int32_t repeats) {
  Ids ids;
  for (std::int32_t i = 0; i < prefix; ++i) ids.push_back(10'000 + i);
  for (std::int32_t i = 0; i < period * repeats; ++i) ids.push_back(i % period);
  return ids;
}

TEST(LoopDetector, FindsTheLeastPeriod) {
  EXPECT_EQ(loop_period(looping(300, 1, 512)), 1u);
  EXPECT_EQ(loop_period(looping(300, 7, 100)), 7u);
  EXPECT_EQ(loop_period(looping(0, 512, 12)), 512u);
  EXPECT_EQ(loop_begin(looping(300, 7, 100)), 307u);
}

TEST(LoopDetector, IsPatient) {
  EXPECT_EQ(loop_period({}), 0u);
  EXPECT_EQ(loop_period(looping(300, 1, 511)), 0u);  // a long line of dots
  EXPECT_EQ(loop_period(looping(0, 100, 11)), 0u);   // eleven equal rows of a table
  EXPECT_EQ(loop_period(looping(0, 513, 20)), 0u);   // longer than a paragraph
  EXPECT_EQ(loop_period(looping(9'000, 1, 1)), 0u);
  EXPECT_EQ(loop_begin(looping(10, 2, 3)), 16u);
}

TEST(LoopDetector, OnlyTheEndCounts) {
  Ids ids = looping(0, 3, 1000);
  ids.push_back(99);
  EXPECT_EQ(loop_period(ids), 0u);
  EXPECT_EQ(loop_period(looping(0, 3, 4), {.max_period = 3, .min_repeats = 4, .min_tokens = 1}),
            3u);
}

}  // namespace
}  // namespace quire
