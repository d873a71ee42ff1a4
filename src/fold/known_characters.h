// Which characters a model can read and write: those its tokenizer has a token of their own for.
#pragma once

#include <unordered_map>

#include "text/tokenizer.h"

namespace quire {

// A character is known when the tokenizer encodes it as exactly one token. One that falls apart
// into bytes was never seen whole, and is as good as unknown to a small model. Remembers what it
// asked; one thread. The tokenizer must outlive it.
class KnownCharacters {
 public:
  explicit KnownCharacters(const Tokenizer& tokenizer) : tokenizer_(&tokenizer) {}

  bool has(char32_t c);

 private:
  const Tokenizer* tokenizer_;
  std::unordered_map<char32_t, bool> known_;
};

}  // namespace quire
