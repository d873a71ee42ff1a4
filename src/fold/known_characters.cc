#include "fold/known_characters.h"

#include "text/utf8.h"

namespace quire {

bool KnownCharacters::has(char32_t c) {
  const auto [entry, fresh] = known_.emplace(c, false);
  if (fresh) {
    std::string bytes;
    append_utf8(c, bytes);
    const auto ids = tokenizer_->encode(bytes);
    entry->second = ids.size() == 1 && tokenizer_->token_bytes(ids.front()) == bytes;
  }
  return entry->second;
}

}  // namespace quire
