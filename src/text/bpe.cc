#include "text/bpe.h"

#include <algorithm>
#include <limits>

#include "base/status.h"

namespace quire {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

// One link of the list. `rank` is that of the pair with the next symbol, kNone when those two do
// not merge or this symbol has been absorbed by its left neighbour.
struct Symbol {
  std::int32_t id;
  std::uint32_t previous, next, rank;
};

// A pair that may merge: rank above, position below, so that numbers compare in merging order.
using Candidate = std::uint64_t;
Candidate candidate(std::uint32_t rank, std::uint32_t at) { return Candidate{rank} << 32 | at; }

}  // namespace

Bpe::Bpe(const std::array<std::int32_t, 256>& byte_tokens, std::vector<Merge> merges)
    : byte_tokens_(byte_tokens), merges_(std::move(merges)) {
  std::size_t groups = 0;
  for (const Merge& m : merges_) groups = std::max(groups, static_cast<std::size_t>(m.left) + 1);
  begin_.assign(groups + 1, 0);
  for (const Merge& m : merges_) ++begin_[static_cast<std::size_t>(m.left) + 1];
  for (std::size_t i = 0; i < groups; ++i) begin_[i + 1] += begin_[i];

  pairs_.resize(merges_.size());
  std::vector<std::uint32_t> fill(begin_.begin(), begin_.end());
  for (std::size_t i = 0; i < merges_.size(); ++i) {
    pairs_[fill[static_cast<std::size_t>(merges_[i].left)]++] = {merges_[i].right,
                                                                 static_cast<std::uint32_t>(i)};
  }
  // Later merges of the same pair come first, where lower_bound finds them.
  const auto order = [](const Pair& a, const Pair& b) {
    return a.right != b.right ? a.right < b.right : a.rank > b.rank;
  };
  for (std::size_t i = 0; i < groups; ++i) {
    std::sort(pairs_.begin() + begin_[i], pairs_.begin() + begin_[i + 1], order);
  }
}

std::uint32_t Bpe::rank(std::int32_t left, std::int32_t right) const {
  const auto group = static_cast<std::size_t>(left);
  if (group + 1 >= begin_.size()) return kNone;
  const auto end = pairs_.begin() + begin_[group + 1];
  const auto found = std::lower_bound(pairs_.begin() + begin_[group], end, right,
                                      [](const Pair& p, std::int32_t r) { return p.right < r; });
  return found != end && found->right == right ? found->rank : kNone;
}

void Bpe::encode(std::string_view piece, std::vector<std::int32_t>& ids) const {
  QUIRE_CHECK(piece.size() < kNone);
  std::vector<Symbol> symbols;
  symbols.reserve(piece.size());
  for (const char b : piece) {
    const std::int32_t id = byte_tokens_[static_cast<std::uint8_t>(b)];
    const auto at = static_cast<std::uint32_t>(symbols.size());
    if (id >= 0) symbols.push_back({id, at - 1, at + 1, kNone});  // the first has previous kNone
  }
  if (symbols.empty()) return;
  symbols.back().next = kNone;

  std::vector<Candidate> heap;
  const auto after = [](Candidate a, Candidate b) { return a > b; };
  const auto look = [&](std::uint32_t at) {
    Symbol& s = symbols[at];
    s.rank = s.next == kNone ? kNone : rank(s.id, symbols[s.next].id);
    if (s.rank != kNone) heap.push_back(candidate(s.rank, at));
    return s.rank != kNone;
  };
  for (std::uint32_t at = 0; at < symbols.size(); ++at) look(at);
  std::make_heap(heap.begin(), heap.end(), after);

  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end(), after);
    const Candidate best = heap.back();
    heap.pop_back();
    const auto at = static_cast<std::uint32_t>(best);
    Symbol& left = symbols[at];
    if (left.rank != best >> 32) continue;  // one of the two has merged meanwhile

    Symbol& right = symbols[left.next];
    left.id = merges_[left.rank].result;
    left.next = right.next;
    right.rank = kNone;
    if (left.next != kNone) symbols[left.next].previous = at;
    if (look(at)) std::push_heap(heap.begin(), heap.end(), after);
    if (left.previous != kNone && look(left.previous)) {
      std::push_heap(heap.begin(), heap.end(), after);
    }
  }
  for (std::uint32_t at = 0; at != kNone; at = symbols[at].next) ids.push_back(symbols[at].id);
}

}  // namespace quire
