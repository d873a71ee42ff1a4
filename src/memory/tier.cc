#include "memory/tier.h"

namespace quire {

std::optional<std::size_t> find_tier(std::string_view name) {
  for (std::size_t i = 0; i < std::size(kTiers); ++i) {
    if (kTiers[i].name == name) return i;
  }
  return name == "gone" ? std::optional(kGone) : std::nullopt;
}

std::string_view tier_name(std::size_t tier) {
  return tier < std::size(kTiers) ? kTiers[tier].name : "gone";
}

std::size_t page_tokens(int side) {
  const auto across = static_cast<std::size_t>(side_tokens(side));
  return across * (across + 1) + 1;
}

PageLayout layout_of(std::size_t tier, std::size_t letters) {
  const PageLayout& full = kTiers[tier].layout;
  if (letters > kTiers[tier].capacity() / 2) return full;
  for (std::size_t smaller = kLastTier; smaller > tier; --smaller) {
    const int side = kTiers[smaller].layout.side;
    const PageLayout layout{side, full.columns * side / full.side, full.rows_per_token};
    if (letters <= static_cast<std::size_t>(layout.capacity())) return layout;
  }
  return full;
}

std::size_t leaf_tokens(std::size_t tier, std::size_t letters) {
  const PageLayout layout = layout_of(tier, letters);
  const auto capacity = static_cast<std::size_t>(layout.capacity());
  return (letters + capacity - 1) / capacity * page_tokens(layout.side);
}

}  // namespace quire
