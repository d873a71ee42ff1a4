// Where two texts differ, word by word: what a person wants to see when a reading and a text layer
// disagree, and a single number does not tell.
//
// Words are what white space separates, after compatibility composition (NFKC: "ﬁ" is "fi"),
// without soft hyphens, and with a word that a line's end broke at a hyphen joined again.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace quire {

struct WordDifference {
  std::size_t left_at = 0, right_at = 0;  // how many words stand before it
  std::string left, right;                // words with spaces between; one of them may be empty
};

struct WordDiff {
  std::size_t left_words = 0, right_words = 0, common = 0;
  std::vector<WordDifference> differences;  // in order
};

// Bytes that are not UTF-8 count as U+FFFD. A shortest edit script (Myers 1986) where it has at
// most 2,000 words inserted and deleted; texts further apart than that differ from where it would
// have gone on, as one difference.
WordDiff diff_words(std::string_view left, std::string_view right);

// The words themselves.
std::vector<std::string> comparable_words(std::string_view text);

}  // namespace quire
