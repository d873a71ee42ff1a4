// An answer's text as it grows, for readers who do not want to wait: whole characters only, and
// without the white space at its ends, which is why a space comes with the word behind it.
#pragma once

#include <cstdint>
#include <string>

#include "text/tokenizer.h"

namespace quire {

// The pieces, put together, are strip() of what the tokenizer decodes the ids to. The tokenizer
// must outlive it.
class AnswerStream {
 public:
  explicit AnswerStream(const Tokenizer& tokenizer) : tokens_(tokenizer) {}

  // What is now certain to belong to the answer; may be empty.
  std::string push(std::int32_t id) { return settle(tokens_.push(id)); }
  // The rest: an incomplete character at the end becomes one U+FFFD.
  std::string finish() { return settle(tokens_.finish()); }

 private:
  std::string settle(const std::string& text);

  TokenStream tokens_;
  std::string held_;  // white space that may be the last
  bool begun_ = false;
};

}  // namespace quire
