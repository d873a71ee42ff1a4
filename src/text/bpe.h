// Byte-pair merging inside one piece: of all neighbouring pairs that have a merge the one of lowest
// rank first, the leftmost of equals first, until none is left.
//
// A heap of candidate pairs over a linked list of symbols: n log n in the length of the piece, so a
// piece of ten million letters is slow by its length only. Pairs are found by binary search in
// sorted groups, not by hashing: small, and no vocabulary can make it collide.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace quire {

class Bpe {
 public:
  struct Merge {
    std::int32_t left, right, result;  // token ids
  };

  // byte_tokens[b] is the id of byte b alone, or -1: then that byte gives no token.
  // merges: in order of rank; of two with the same pair the later counts. Ids are not negative.
  Bpe(const std::array<std::int32_t, 256>& byte_tokens, std::vector<Merge> merges);

  // Appends the ids of one piece. Pieces are shorter than 4 GiB.
  void encode(std::string_view piece, std::vector<std::int32_t>& ids) const;

 private:
  struct Pair {
    std::int32_t right;
    std::uint32_t rank;
  };

  std::uint32_t rank(std::int32_t left, std::int32_t right) const;

  std::array<std::int32_t, 256> byte_tokens_;
  std::vector<Merge> merges_;         // by rank
  std::vector<std::uint32_t> begin_;  // pairs_ with left id l: [begin_[l], begin_[l + 1])
  std::vector<Pair> pairs_;           // sorted by right within a group
};

}  // namespace quire
