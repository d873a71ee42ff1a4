#include "infer/prompt_lookup.h"

#include <algorithm>

namespace quire {

std::vector<std::int32_t> PromptLookup::guess(std::span<const std::int32_t> ids, std::size_t most) {
  const std::span<const std::int32_t> fresh = ids.subspan(text_.size() - prompt_);
  text_.insert(text_.end(), fresh.begin(), fresh.end());
  learn();
  if (rest_ > 0) {
    --rest_;
    return {};
  }
  const std::size_t at = find();
  const std::size_t count = at < text_.size() ? std::min(most, reach_) : 0;
  // Where the earlier place runs into the end of the text, the text turns in a circle, and the
  // guess goes on with itself.
  for (std::size_t i = 0; i < count; ++i)
    guessed_.push_back(at + i < text_.size() ? text_[at + i] : guessed_[at + i - text_.size()]);
  guessed_at_ = text_.size();
  return guessed_;
}

void PromptLookup::learn() {
  if (guessed_.empty()) return;
  std::size_t right = 0;
  while (right < guessed_.size() && guessed_at_ + right < text_.size() &&
         text_[guessed_at_ + right] == guessed_[right]) {
    ++right;
  }
  if (right == guessed_.size()) {
    reach_ = std::min(2 * reach_, kFarthestReach);
  } else {
    reach_ = std::max<std::size_t>(right, 1);
  }
  if (right == 0) {
    rest_ = next_rest_;
    next_rest_ = std::min(2 * next_rest_, kLongestRest);
  } else {
    next_rest_ = 1;
  }
  guessed_.clear();
}

std::size_t PromptLookup::find() const {
  const std::size_t size = text_.size();
  std::size_t best = kLeastMatch - 1, place = size;
  for (std::size_t end = size - std::min<std::size_t>(size, 1); end > best; --end) {
    std::size_t match = 0;
    while (match < std::min(end, kLongestMatch) &&
           text_[end - 1 - match] == text_[size - 1 - match]) {
      ++match;
    }
    if (match > best) {
      best = match;
      place = end;
    }
    if (best == kLongestMatch) break;
  }
  return place;
}

}  // namespace quire
