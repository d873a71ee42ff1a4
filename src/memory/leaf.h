// A leaf's life: entries are set on a page together, the page is squeezed to ever smaller ones, and
// a model reads what it can still make out.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "fold/page_reader.h"
#include "memory/policy.h"
#include "memory/tier.h"
#include "render/page.h"
#include "store/rows.h"

namespace quire {

// An entry as it stands on a page: "role: text" and the mark of a line end.
std::u32string drawn_entry(const Entry& entry);

// How many of `waiting`, which are text and in the order in which they cease to be it, go on the
// next leaf: as many as fit and cease at most policy.span seconds after the first. At least one,
// for no entry is longer than a leaf. `full` says that the next one did not fit.
std::size_t entries_for_leaf(std::span<const Entry> waiting, const Policy& policy, bool& full);

// Sets the entries on a leaf of that tier and tells each its place; they are no longer text then,
// and the leaf has no id yet. `unknown` counts the letters that the face does not have.
Result<Leaf> set_leaf(std::vector<Entry>& entries, std::size_t tier, Font& font,
                      std::size_t& unknown);

// The same leaf some tiers lower. Both go through every tier between, so that a leaf looks the same
// however often it was aged on the way.
Result<Leaf> aged(const Leaf& leaf, std::size_t tier);

// Paints over the letters of an entry that is to be forgotten before its time.
Status blot_out(Leaf& leaf, const Entry& entry);

// Pictures of the pages. Errors: kInvalid for a page that is no picture of its size.
Result<std::vector<Image>> pictures(const Leaf& leaf);

struct LeafReading {
  std::u32string text;    // a letter for each of leaf.letters, '\n' for a line end
  double confidence = 0;  // mean probability of what was read, 0 to 1
};
Result<LeafReading> read_leaf(const Leaf& leaf, const PageReader& reader);

// What the reading gives for one entry of the leaf.
std::string reading_of(const Entry& entry, const LeafReading& reading);

}  // namespace quire
