#include "text/unicode_class.h"

#include <unicode/uchar.h>

#include <array>

namespace quire {
namespace {

std::uint8_t look_up(char32_t character) {
  const auto c = static_cast<UChar32>(character);
  const std::uint32_t category = U_GET_GC_MASK(c);
  int bits = 0;
  if (category & U_GC_L_MASK) bits |= kLetter;
  if (category & U_GC_M_MASK) bits |= kMark;
  if (category & U_GC_N_MASK) bits |= kNumber;
  if (category & U_GC_P_MASK) bits |= kPunctuation;
  if (category & U_GC_S_MASK) bits |= kSymbol;
  if (u_isUWhiteSpace(c)) bits |= kSpace;
  return static_cast<std::uint8_t>(bits);
}

using AsciiTable = std::array<std::uint8_t, 128>;

AsciiTable make_ascii() {
  AsciiTable table;
  for (char32_t c = 0; c < table.size(); ++c) table[c] = look_up(c);
  return table;
}

}  // namespace

std::uint8_t char_class(char32_t c) {
  static const AsciiTable ascii = make_ascii();
  return c < ascii.size() ? ascii[c] : look_up(c);
}

}  // namespace quire
