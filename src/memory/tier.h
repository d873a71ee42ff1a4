// The forms a memory takes as it fades, one row each, and nowhere else a switch on them: text, then
// pages of ever lower letters, then nothing. The names and page sizes are those of the paper's
// ladder (text, large, base, small, tiny); its gundam, which cuts a picture into tiles, has nothing
// to give to a page that is square and filled.
//
// All letters are 8 pixels wide; what they lose is height: 32, 21, 11 and 9 pixels. A leaf of 3,584
// letters is one page in every tier, of 400, 256, 100 and 64 vision tokens.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "infer/modes.h"
#include "render/page.h"

namespace quire {

struct Tier {
  std::string_view name;
  std::string_view mode;  // "" for text
  PageLayout layout;

  bool text() const { return mode.empty(); }
  std::size_t capacity() const { return static_cast<std::size_t>(layout.capacity()); }
};

inline constexpr Tier kTiers[] = {
    {"text", "", {}},
    {"large", "large", {1280, 160, 2}},
    {"base", "base", {1024, 128, 3}},
    {"small", "small", {640, 80, 6}},
    {"tiny", "tiny", {512, 64, 7}},
};
inline constexpr std::size_t kTextTier = 0, kSharpestPage = 1, kLastTier = std::size(kTiers) - 1,
                             kGone = std::size(kTiers);

// Letters on a full leaf: what the smallest page holds.
inline constexpr std::size_t kLeafLetters = 3584;

// The place of a name in kTiers, "gone" being kGone.
std::optional<std::size_t> find_tier(std::string_view name);
std::string_view tier_name(std::size_t tier);

// What a page of this side costs the decoder of a DeepSeek-OCR model: its vision tokens, a newline
// behind each row and a separator.
std::size_t page_tokens(int side);

// The layout of that tier for a leaf of so many letters: the tier's own, or where the letters fill
// less than half of that page, the smallest page that holds them with letters as low.
PageLayout layout_of(std::size_t tier, std::size_t letters);

// Pages and their tokens for a leaf of so many letters.
std::size_t leaf_tokens(std::size_t tier, std::size_t letters);

}  // namespace quire
