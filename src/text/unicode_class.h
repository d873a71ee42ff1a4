// The Unicode general categories that the pre-tokeniser's regular expressions name, and white
// space, as ICU knows them. ASCII is answered from a table.
#pragma once

#include <cstdint>

namespace quire {

// One bit for each: \p{L}, \p{M}, \p{N}, \p{P}, \p{S} and \s (the property White_Space: U+0085 is
// one, U+FEFF is not).
enum CharClass : std::uint8_t {
  kLetter = 1,
  kMark = 2,
  kNumber = 4,
  kPunctuation = 8,
  kSymbol = 16,
  kSpace = 32,
};

// The bits of one code point; 0 for controls, unassigned and private ones.
std::uint8_t char_class(char32_t c);

inline bool is_class(char32_t c, int classes) { return (char_class(c) & classes) != 0; }

// White space as Python's str.strip() and str.split() see it, which the reference programs use on
// prompts and on words: White_Space and the four separators U+001C to U+001F.
inline bool is_python_space(char32_t c) { return (c >= 0x1C && c <= 0x1F) || is_class(c, kSpace); }

}  // namespace quire
