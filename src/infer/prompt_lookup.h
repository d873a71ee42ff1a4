// Guesses what is said next: what stood behind the same words the last time they stood in the
// prompt or the answer (prompt lookup decoding; A. Saxena 2023, and Yang et al., "Inference with
// Reference", 2023). Costs no second model, and pages repeat themselves: rows of tables, mark-up,
// names.
//
// Guesses are checked by the decoder, which says exactly what it would say without them; only the
// speed depends on them. A wrong guess costs rows of a step, so after wrong ones it rests a while,
// and after right ones it guesses further.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace quire {

class PromptLookup {
 public:
  static constexpr std::size_t kLeastMatch = 3;                       // ids that must be the same
  static constexpr std::size_t kLongestMatch = 8;                     // more of them say no more
  static constexpr std::size_t kFirstReach = 4, kFarthestReach = 16;  // ids guessed at once
  static constexpr std::size_t kLongestRest = 32;                     // calls

  explicit PromptLookup(std::span<const std::int32_t> prompt)
      : text_(prompt.begin(), prompt.end()), prompt_(prompt.size()) {}

  // At most `most` ids that may follow `ids`, the answer so far: that of the last call and more.
  std::vector<std::int32_t> guess(std::span<const std::int32_t> ids, std::size_t most);

 private:
  // How the last guess went.
  void learn();
  // The place behind the longest, and of equals the latest, earlier match; text_.size() when none.
  std::size_t find() const;

  std::vector<std::int32_t> text_;  // prompt and answer
  std::size_t prompt_;              // ids of it that are the prompt
  std::vector<std::int32_t> guessed_;
  std::size_t guessed_at_ = 0;  // where in text_ they would stand
  std::size_t reach_ = kFirstReach, rest_ = 0, next_rest_ = 1;
};

}  // namespace quire
