#include "base/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>
#include <utility>
#include <vector>

namespace quire {
namespace {

TEST(ThreadPool, CoversEveryItemOnce) {
  for (int threads : {1, 2, 5}) {
    ThreadPool pool(threads);
    for (std::size_t count : {0u, 1u, 2u, 7u, 1000u}) {
      std::vector<std::atomic<int>> seen(count);
      pool.parallel_for(count, 3, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) ++seen[i];
      });
      for (const auto& times : seen) EXPECT_EQ(times, 1) << threads << " threads, " << count;
    }
  }
}

TEST(ThreadPool, PartsDependOnTheSizeAlone) {
  ThreadPool pool(2);
  const auto parts = [&](std::size_t parts_per_thread) {
    std::mutex mutex;
    std::set<std::pair<std::size_t, std::size_t>> found;
    pool.parallel_for(
        1000, 3,
        [&](std::size_t begin, std::size_t end) {
          const std::lock_guard lock(mutex);
          found.emplace(begin, end);
        },
        parts_per_thread);
    return found;
  };
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(parts(1), (std::set<std::pair<std::size_t, std::size_t>>{{0, 500}, {500, 1000}}));
    EXPECT_EQ(parts(4).size(), 8u);
  }
  EXPECT_EQ(parts(1000).size(), 334u);  // of three items, at least
}

// A part that takes long holds up no other: the thread that is free does all the rest.
TEST(ThreadPool, WhoIsFreeTakesTheNextPart) {
  ThreadPool pool(2);
  std::atomic<int> done = 0;
  pool.parallel_for(
      8, 1,
      [&](std::size_t begin, std::size_t) {
        while (begin == 0 && done < 7) std::this_thread::yield();
        ++done;
      },
      4);
  EXPECT_EQ(done, 8);
}

TEST(ThreadPool, ManyShortRanges) {
  ThreadPool pool(4);
  std::vector<int> counts(64);  // no two parts share an item, so no lock
  for (int range = 0; range < 20000; ++range) {
    const std::size_t count = static_cast<std::size_t>(range) % counts.size() + 1;
    pool.parallel_for(count, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) ++counts[i];
    });
  }
  // Item i is in the ranges of more than i items: 312.5 rounds of 64.
  for (std::size_t i = 0; i < counts.size(); ++i) {
    EXPECT_EQ(counts[i], static_cast<int>(312 * (64 - i) + (i < 32 ? 32 - i : 0))) << i;
  }
}

TEST(ThreadPool, NestedAndConcurrentUse) {
  ThreadPool pool(3);
  std::atomic<int> total = 0;
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&] {
      pool.parallel_for(10, 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
          pool.parallel_for(
              5, 1, [&](std::size_t b, std::size_t e) { total += static_cast<int>(e - b); });
        }
      });
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(total, 4 * 10 * 5);
}

}  // namespace
}  // namespace quire
