// UTF-8 and code points. Three ways to meet bytes that are not UTF-8: find out (valid_prefix), be
// told (decode_utf8), or go on with U+FFFD in their place (the lossy functions).
//
// Lossy means one U+FFFD for every maximal part: the longest beginning of a well-formed sequence
// that stands there, or a single byte. Rust, Python and the web platform do the same, so texts
// compare equal with theirs. Surrogates and overlong forms are not well formed.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/status.h"

namespace quire {

inline constexpr char32_t kReplacement = U'\uFFFD';

// What stands at the beginning of some bytes.
struct Utf8Step {
  char32_t character = kReplacement;  // U+FFFD when not valid
  std::size_t length = 0;             // bytes; of the maximal part when not valid
  bool valid = false;
  bool incomplete = false;  // not valid, but more bytes could still make it so
};
// `bytes` must not be empty.
Utf8Step utf8_step(std::string_view bytes);

// How many bytes from the beginning are UTF-8; bytes.size() when all are.
std::size_t valid_prefix(std::string_view bytes);

// Errors: kInvalid with the offset and value of the first wrong byte.
Result<std::u32string> decode_utf8(std::string_view bytes);
std::u32string decode_utf8_lossy(std::string_view bytes);
std::string repair_utf8(std::string_view bytes);

// Surrogates and values above U+10FFFF are written as U+FFFD.
void append_utf8(char32_t character, std::string& out);
std::string encode_utf8(std::u32string_view text);

// Lossy decoding of a stream: never emits half a code point. The concatenation of everything
// returned equals repair_utf8 of everything pushed, however it was cut.
class Utf8Stream {
 public:
  // The text that is now certain; may be empty.
  std::string push(std::string_view bytes);
  // The end: a held-back beginning becomes one U+FFFD. The stream can then be used again.
  std::string finish();

 private:
  std::string held_;  // an incomplete sequence, at most three bytes
};

}  // namespace quire
