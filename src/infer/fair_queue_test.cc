#include "infer/fair_queue.h"

#include <gtest/gtest.h>

namespace quire {
namespace {

// The jobs in the order they come, each done before the next is asked for.
std::vector<int> all(FairQueue<int>& queue) {
  std::vector<int> jobs;
  while (const auto next = queue.pop()) {
    jobs.push_back(next->second);
    queue.done(next->first);
  }
  return jobs;
}

TEST(FairQueue, ClientsTakeTurnsAndKeepTheirOwnOrder) {
  FairQueue<int> queue(10);
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(queue.push("many", i));
  ASSERT_TRUE(queue.push("few", 10));
  ASSERT_TRUE(queue.push("few", 11));
  EXPECT_EQ(all(queue), (std::vector<int>{10, 0, 11, 1, 2, 3}));
}

TEST(FairQueue, WhoHasLessUnderWayComesFirst) {
  FairQueue<int> queue(10);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(queue.push("a", i));
  EXPECT_EQ(queue.pop()->second, 0);
  EXPECT_EQ(queue.pop()->second, 1);
  ASSERT_TRUE(queue.push("b", 10));
  ASSERT_TRUE(queue.push("b", 11));
  ASSERT_TRUE(queue.push("b", 12));
  EXPECT_EQ(queue.pop()->second, 10);
  EXPECT_EQ(queue.pop()->second, 11) << "two and one under way";
  EXPECT_EQ(queue.pop()->second, 2) << "two each, and a's last turn is longer ago";
  EXPECT_EQ(queue.under_way(), 5u);
  EXPECT_EQ(queue.waiting(), 1u);
  queue.done("b");
  queue.done("b");
  EXPECT_EQ(all(queue), (std::vector<int>{12}));
}

TEST(FairQueue, FullIsFull) {
  FairQueue<int> queue(2);
  EXPECT_TRUE(queue.push("a", 0));
  EXPECT_TRUE(queue.push("b", 1));
  EXPECT_FALSE(queue.push("c", 2));
  queue.pop();
  EXPECT_TRUE(queue.push("c", 3)) << "what is under way does not wait";
  EXPECT_FALSE(FairQueue<int>(0).push("a", 0));
}

TEST(FairQueue, JobsCanBeTakenOut) {
  FairQueue<int> queue(10);
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(queue.push(i < 4 ? "a" : "b", i));
  EXPECT_EQ(queue.take_if([](int job) { return job % 2 == 0; }), (std::vector<int>{0, 2, 4}));
  EXPECT_EQ(queue.waiting(), 3u);
  EXPECT_EQ(all(queue), (std::vector<int>{1, 5, 3}));
  EXPECT_TRUE(queue.take_if([](int) { return true; }).empty());
}

}  // namespace
}  // namespace quire
