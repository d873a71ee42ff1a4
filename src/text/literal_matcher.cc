#include "text/literal_matcher.h"

#include <algorithm>

namespace quire {

LiteralMatcher::LiteralMatcher(std::vector<std::pair<std::string, std::int32_t>> literals)
    : sorted_(std::move(literals)) {
  std::stable_sort(sorted_.begin(), sorted_.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [text, id] : sorted_) starts_[static_cast<std::uint8_t>(text[0])] = true;
}

std::optional<LiteralMatcher::Match> LiteralMatcher::find(std::string_view text,
                                                          std::size_t from) const {
  for (std::size_t at = from; at < text.size(); ++at) {
    if (!starts_[static_cast<std::uint8_t>(text[at])]) continue;
    if (const auto match = longest_at(text, at)) return match;
  }
  return std::nullopt;
}

// Narrows the sorted list to the literals that share one more byte with the text, until none does.
std::optional<LiteralMatcher::Match> LiteralMatcher::longest_at(std::string_view text,
                                                                std::size_t at) const {
  std::optional<Match> best;
  auto first = sorted_.begin(), last = sorted_.end();
  for (std::size_t depth = 0; at + depth < text.size(); ++depth) {
    // -1 where a literal has ended: it sorts before all longer ones.
    const auto byte = [depth](const auto& literal) {
      return depth < literal.first.size() ? static_cast<std::uint8_t>(literal.first[depth]) : -1;
    };
    const int wanted = static_cast<std::uint8_t>(text[at + depth]);
    first = std::partition_point(first, last, [&](const auto& l) { return byte(l) < wanted; });
    last = std::partition_point(first, last, [&](const auto& l) { return byte(l) == wanted; });
    if (first == last) break;
    for (auto it = first; it != last && it->first.size() == depth + 1; ++it) {
      best = Match{at, depth + 1, it->second};
    }
  }
  return best;
}

}  // namespace quire
