#include "serve/stop_words.h"

#include <algorithm>
#include <utility>

namespace quire {

std::string StopWords::push(std::string_view piece) {
  if (found_) return {};
  held_ += piece;
  std::size_t first = std::string::npos;
  for (const std::string& word : words_) first = std::min(first, held_.find(word));
  if (first != std::string::npos) {
    found_ = true;
    held_.resize(first);
    return std::exchange(held_, {});
  }
  // The longest end of the text with which a word begins.
  std::size_t keep = 0;
  for (const std::string& word : words_) {
    for (std::size_t n = std::min(word.size() - 1, held_.size()); n > keep; --n) {
      if (std::string_view(held_).ends_with(std::string_view(word).substr(0, n))) keep = n;
    }
  }
  std::string shown = held_.substr(0, held_.size() - keep);
  held_.erase(0, shown.size());
  return shown;
}

std::string StopWords::finish() { return std::exchange(held_, {}); }

}  // namespace quire
