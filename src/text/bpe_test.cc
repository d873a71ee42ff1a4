#include "text/bpe.h"

#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <random>

namespace quire {
namespace {

using Ids = std::vector<std::int32_t>;

// The definition: scan for the pair of lowest rank, leftmost; merge it; start again.
Ids merge_slowly(Ids ids, const std::vector<Bpe::Merge>& merges) {
  std::map<std::pair<std::int32_t, std::int32_t>, std::size_t> ranks;
  for (std::size_t i = 0; i < merges.size(); ++i) ranks[{merges[i].left, merges[i].right}] = i;
  while (true) {
    std::size_t best = merges.size(), at = 0;
    for (std::size_t i = 0; i + 1 < ids.size(); ++i) {
      const auto found = ranks.find({ids[i], ids[i + 1]});
      if (found != ranks.end() && found->second < best) best = found->second, at = i;
    }
    if (best == merges.size()) return ids;
    ids[at] = merges[best].result;
    ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  }
}

std::array<std::int32_t, 256> every_byte() {
  std::array<std::int32_t, 256> tokens;
  std::iota(tokens.begin(), tokens.end(), 0);
  return tokens;
}

TEST(Bpe, AgreesWithTheSlowTwin) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    // Random merges over an alphabet of three; some results are merged further, some pairs repeat.
    std::vector<Bpe::Merge> merges;
    const auto any = [&](std::size_t made) {
      const auto pick = static_cast<std::int32_t>(random() % (3 + made));
      return pick < 3 ? pick : 256 + pick - 3;
    };
    for (std::int32_t i = 0; i < 20; ++i) {
      merges.push_back({any(merges.size()), any(merges.size()), 256 + i});
    }
    const Bpe bpe(every_byte(), merges);
    for (const std::size_t length : {0, 1, 2, 3, 13, 100}) {
      std::string piece;
      for (std::size_t i = 0; i < length; ++i) piece.push_back(static_cast<char>(random() % 3));
      Ids ids;
      bpe.encode(piece, ids);
      EXPECT_EQ(ids, merge_slowly(Ids(piece.begin(), piece.end()), merges));
    }
  }
}

TEST(Bpe, AppendsAndNeedsNoMerges) {
  const Bpe bpe(every_byte(), {});
  Ids ids = {7};
  bpe.encode("ab", ids);
  bpe.encode("", ids);
  EXPECT_EQ(ids, (Ids{7, 'a', 'b'}));
}

}  // namespace
}  // namespace quire
