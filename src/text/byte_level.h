// The byte-level alphabet of GPT-2: vocabularies are written in printable characters, one for each
// byte. Printable Latin-1 bytes stand for themselves, the other 68 for U+0100 and on, in order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace quire {

char32_t byte_to_letter(std::uint8_t byte);

// The bytes that a token of a vocabulary file stands for. A token with any character outside the
// alphabet stands for itself (the special tokens with their fullwidth bars).
std::string token_to_bytes(std::string_view token);

// The other direction: how a vocabulary writes these bytes.
std::string bytes_to_token(std::string_view bytes);

}  // namespace quire
