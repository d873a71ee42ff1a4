#include "text/byte_level.h"

#include <array>

#include "text/utf8.h"

namespace quire {
namespace {

constexpr std::size_t kLetters = 0x100 + 68;

struct Alphabet {
  std::array<char32_t, 256> letter{};
  std::array<std::int16_t, kLetters> byte{};  // by letter; -1 where none

  constexpr Alphabet() {
    byte.fill(-1);
    char32_t next = 0x100;
    for (int b = 0; b < 256; ++b) {
      const bool printable = (b >= 0x21 && b <= 0x7E) || (b >= 0xA1 && b != 0xAD);
      const char32_t c = printable ? static_cast<char32_t>(b) : next++;
      letter[static_cast<std::size_t>(b)] = c;
      byte[c] = static_cast<std::int16_t>(b);
    }
  }
};
constexpr Alphabet kAlphabet;

}  // namespace

char32_t byte_to_letter(std::uint8_t byte) { return kAlphabet.letter[byte]; }

std::string token_to_bytes(std::string_view token) {
  std::string bytes;
  for (std::size_t at = 0; at < token.size();) {
    const Utf8Step step = utf8_step(token.substr(at));
    const char32_t c = step.character;
    if (!step.valid || c >= kLetters || kAlphabet.byte[c] < 0) return std::string(token);
    bytes.push_back(static_cast<char>(kAlphabet.byte[c]));
    at += step.length;
  }
  return bytes;
}

std::string bytes_to_token(std::string_view bytes) {
  std::string token;
  for (const char b : bytes) append_utf8(byte_to_letter(static_cast<std::uint8_t>(b)), token);
  return token;
}

}  // namespace quire
