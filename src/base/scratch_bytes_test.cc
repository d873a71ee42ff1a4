#include "base/scratch_bytes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <thread>
#include <utility>
#include <vector>

namespace quire {
namespace {

TEST(ScratchBytes, GoFromOneUserToTheNext) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "under the address sanitizer each is a block of its own";
#endif
  std::uint8_t* first;
  {
    const ScratchBytes bytes(5 << 20);
    first = bytes.data();
    std::memset(first, 1, 5 << 20);
  }
  const ScratchBytes smaller(3 << 20);
  EXPECT_EQ(smaller.data(), first);
}

TEST(ScratchBytes, AreOnesOwnWhileTheyAreUsed) {
  const ScratchBytes a(100), b(100), c(0);
  EXPECT_EQ(std::set({a.data(), b.data(), c.data()}).size(), 3u);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(a.data()) % 64, 0u);
}

TEST(ScratchBytes, GrowWhenNoneIsLargeEnough) {
  { const ScratchBytes small(1 << 20); }
  const Scratch<std::uint32_t> large(4 << 20);
  large.data()[(4 << 20) - 1] = 7;  // the address sanitizer knows whether that is ours
  EXPECT_EQ(large.data()[(4 << 20) - 1], 7u);
}

TEST(ScratchPieces, LieApart) {
  ScratchPieces pieces;
  std::vector<std::pair<std::uint8_t*, std::size_t>> taken;
  for (const std::size_t bytes : {1u, 100u, 1u << 20, 3u << 20, 64u, 2u << 20}) {
    std::uint8_t* const piece = pieces.take<std::uint8_t>(bytes);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(piece) % 64, 0u);
    std::memset(piece, static_cast<int>(taken.size()), bytes);
    taken.emplace_back(piece, bytes);
  }
  for (std::size_t i = 0; i < taken.size(); ++i) {
    const auto& [piece, bytes] = taken[i];
    EXPECT_EQ(std::count(piece, piece + bytes, static_cast<std::uint8_t>(i)),
              static_cast<std::ptrdiff_t>(bytes));
  }
}

TEST(ScratchBytes, ManyThreadsKeepApart) {
  std::vector<std::thread> threads;
  std::vector<int> wrong(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t, &wrong] {
      for (int round = 0; round < 200; ++round) {
        const std::size_t n = static_cast<std::size_t>(1 + (round * 7 + t) % 5) << 10;
        const Scratch<int> mine(n);
        for (std::size_t i = 0; i < n; ++i) mine.data()[i] = t;
        for (std::size_t i = 0; i < n; ++i)
          wrong[static_cast<std::size_t>(t)] += mine.data()[i] != t;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4));
}

}  // namespace
}  // namespace quire
