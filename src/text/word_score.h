// Fox's scorer, the one behind the compression table of the DeepSeek-OCR paper: precision and
// recall over the sets of distinct words, words being what white space separates. It sees neither
// order nor repeats, so it is printed beside 1-ED, never alone.
#pragma once

#include <string_view>

namespace quire {

struct WordScore {
  double precision = 0;  // share of the output's distinct words that the truth has
  double recall = 0;     // share of the truth's distinct words that the output has
};

// Two texts without words agree fully; if only one has none, both numbers are 0.
WordScore word_score(std::u32string_view output, std::u32string_view truth);

}  // namespace quire
