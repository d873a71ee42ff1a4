// A baseline: the extractive summary SumBasic (Nenkova and Vanderwende 2005). Sentences whose words
// are frequent come first; a word that was taken counts its probability squared from then on, so
// that the next sentence brings others.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace quire {

struct Sentence {
  std::size_t source = 0;  // which of the texts it comes from
  std::string text;
};

// The sentences of the texts, in order. An end is ".", "!" or "?" before a space.
std::vector<Sentence> sentences_of(const std::vector<std::string>& texts);

// Places in `sentences` in the order in which SumBasic takes them, at most `most`.
std::vector<std::size_t> sum_basic(const std::vector<Sentence>& sentences, std::size_t most);

}  // namespace quire
