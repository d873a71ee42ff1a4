#include "base/large_pages.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

#include "base/keep_bytes.h"

namespace quire {
namespace {

using Bytes = std::vector<std::uint8_t, LargePages<std::uint8_t>>;

TEST(LargePages, HoldWhatAVectorHolds) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kLargePage - 1, kLargePage,
                                 kLargePage + 1, 3 * kLargePage + 77}) {
    Bytes bytes(size, 7);
    bytes.resize(2 * size);
    for (std::size_t i = 0; i < size; ++i) ASSERT_EQ(bytes[i], 7);
    bytes.resize(size / 2);
    bytes.shrink_to_fit();
    EXPECT_EQ(bytes, Bytes(size / 2, 7));
    if (bytes.capacity() >= kLargePage) {
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(bytes.data()) % kLargePage, 0u);
    }
  }
}

// Pieces of every size from several threads: each keeps what was written into it, whatever becomes
// of its neighbours.
TEST(KeepBytes, PiecesDoNotTouch) {
  const std::size_t sizes[] = {1, 63, 64, 65, 4096, 1'300'000, 40'000'000};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      std::vector<std::pair<std::shared_ptr<std::uint8_t[]>, std::size_t>> pieces;
      for (int round = 0; round < 8; ++round) {
        for (const std::size_t size : sizes) {
          if (size > 10'000'000 && round > 0) continue;
          pieces.emplace_back(keep_bytes(size), size);
          std::memset(pieces.back().first.get(), 16 * t + round, size);
          EXPECT_EQ(reinterpret_cast<std::uintptr_t>(pieces.back().first.get()) % 16, 0u);
        }
        if (round == 4) pieces.erase(pieces.begin(), pieces.begin() + 10);
      }
      for (const auto& [piece, size] : pieces) {
        const std::uint8_t first = piece[0];
        EXPECT_EQ(first / 16, t);
        EXPECT_EQ(piece[size - 1], first);
        EXPECT_EQ(std::memcmp(piece.get(), piece.get() + size / 2, size - size / 2), 0);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace quire
