#include "text/escape.h"

#include <cstdio>

#include "text/utf8.h"

namespace quire {

std::string escape_markup(std::string_view text) {
  std::string out;
  for (const char c : repair_utf8(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') out += c;
    }
  }
  return out;
}

std::string printable(std::string_view text) {
  std::string out;
  for (const char32_t c : decode_utf8_lossy(text)) {
    if (c < 0x20 || (c >= 0x7F && c < 0xA0)) {
      char code[8];
      std::snprintf(code, sizeof code, "\\x%02X", static_cast<unsigned>(c));
      out += code;
    } else {
      out += encode_utf8(std::u32string_view(&c, 1));
    }
  }
  return out;
}

}  // namespace quire
