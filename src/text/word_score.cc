#include "text/word_score.h"

#include <algorithm>
#include <vector>

#include "text/unicode_class.h"

namespace quire {
namespace {

// Sorted.
std::vector<std::u32string_view> distinct_words(std::u32string_view text) {
  std::vector<std::u32string_view> words;
  auto at = text.begin();
  while (true) {
    const auto begin = std::find_if_not(at, text.end(), is_python_space);
    if (begin == text.end()) break;
    at = std::find_if(begin, text.end(), is_python_space);
    words.emplace_back(begin, at);
  }
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

}  // namespace

WordScore word_score(std::u32string_view output, std::u32string_view truth) {
  const auto said = distinct_words(output), meant = distinct_words(truth);
  if (said.empty() && meant.empty()) return {1, 1};
  if (said.empty() || meant.empty()) return {0, 0};
  std::vector<std::u32string_view> both;
  std::set_intersection(said.begin(), said.end(), meant.begin(), meant.end(),
                        std::back_inserter(both));
  const auto share = [&](std::size_t all) {
    return static_cast<double>(both.size()) / static_cast<double>(all);
  };
  return {share(said.size()), share(meant.size())};
}

}  // namespace quire
