// How far a reading is from the truth, in characters: the Levenshtein distance (insertions,
// deletions and substitutions cost 1) and what follows from it.
#pragma once

#include <cstddef>
#include <string_view>

namespace quire {

// Bit-parallel (Myers 1999, in 64-row strips as Hyyrö 2003 joins them): |a| * |b| / 64 steps,
// memory linear in the longer text.
std::size_t edit_distance(std::u32string_view a, std::u32string_view b);

// 1 - distance / length of the longer; 1 when both are empty. The "1-ED" of the tables.
double one_minus_ed(std::u32string_view a, std::u32string_view b);

// How many characters of `a` stand unchanged in `b`: the matches of an alignment of least distance,
// of those alignments the one with most matches. Symmetric. |a| * distance steps.
std::size_t matched_characters(std::u32string_view a, std::u32string_view b);

}  // namespace quire
