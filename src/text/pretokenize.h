// The pre-tokeniser: cuts text into the pieces inside which byte pairs may merge (architecture.md,
// section 8).
//
// tokenizer.json gives a list of regular expressions, each of which isolates its matches inside the
// pieces of the one before. We do not run regular expressions: the three that the DeepSeek-V3
// family uses are written out by hand, and a file with any other is refused by name.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace quire {

// The three of DeepSeek-V3, which GGUF files call "deepseek-v3".
std::vector<std::string> deepseek_v3_regexes();

class Pretokenizer {
 public:
  // The expressions of the Split stages in their order; none at all leaves the text in one piece.
  // Error: kUnsupported, naming the expression.
  static Result<Pretokenizer> from_regexes(std::span<const std::string> regexes);

  // Calls `piece` on each piece in order; they are never empty and together are `text`, which must
  // be UTF-8. Takes time linear in the text.
  void split(std::string_view text, const std::function<void(std::string_view)>& piece) const;

 private:
  // The length of the expression's match at the beginning of `rest`, or 0.
  using Matcher = std::size_t (*)(std::string_view rest);

  void run(std::size_t stage, std::string_view text,
           const std::function<void(std::string_view)>& piece) const;

  std::vector<Matcher> stages_;
};

}  // namespace quire
