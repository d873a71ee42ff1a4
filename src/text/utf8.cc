#include "text/utf8.h"

#include <cstdint>

namespace quire {
namespace {

// The first byte decides how many follow, which bits it gives, and which second bytes are allowed:
// narrower than 80..BF where an overlong form, a surrogate or a value above U+10FFFF would begin
// (Unicode Standard, table 3-7).
struct Lead {
  std::size_t length = 0;  // 0: no sequence starts with this byte
  std::uint8_t bits = 0;
  std::uint8_t second_low = 0x80, second_high = 0xBF;
};

Lead lead_of(std::uint8_t byte) {
  if (byte < 0x80) return {1, byte};
  if (byte < 0xC2) return {};
  if (byte < 0xE0) return {2, static_cast<std::uint8_t>(byte & 0x1F)};
  if (byte < 0xF0) {
    const std::uint8_t low = byte == 0xE0 ? 0xA0 : 0x80;
    const std::uint8_t high = byte == 0xED ? 0x9F : 0xBF;
    return {3, static_cast<std::uint8_t>(byte & 0x0F), low, high};
  }
  if (byte < 0xF5) {
    const std::uint8_t low = byte == 0xF0 ? 0x90 : 0x80;
    const std::uint8_t high = byte == 0xF4 ? 0x8F : 0xBF;
    return {4, static_cast<std::uint8_t>(byte & 0x07), low, high};
  }
  return {};
}

}  // namespace

Utf8Step utf8_step(std::string_view bytes) {
  const Lead lead = lead_of(static_cast<std::uint8_t>(bytes[0]));
  if (lead.length == 0) return {kReplacement, 1};
  char32_t character = lead.bits;
  for (std::size_t i = 1; i < lead.length; ++i) {
    if (i == bytes.size()) return {kReplacement, i, false, true};
    const auto byte = static_cast<std::uint8_t>(bytes[i]);
    const std::uint8_t low = i == 1 ? lead.second_low : 0x80;
    const std::uint8_t high = i == 1 ? lead.second_high : 0xBF;
    if (byte < low || byte > high) return {kReplacement, i};
    character = character << 6 | (byte & 0x3F);
  }
  return {character, lead.length, true};
}

std::size_t valid_prefix(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    const Utf8Step step = utf8_step(bytes.substr(at));
    if (!step.valid) break;
    at += step.length;
  }
  return at;
}

Result<std::u32string> decode_utf8(std::string_view bytes) {
  const std::size_t good = valid_prefix(bytes);
  if (good < bytes.size()) {
    constexpr char kHex[] = "0123456789ABCDEF";
    const auto byte = static_cast<std::uint8_t>(bytes[good]);
    return invalid("not UTF-8 text: byte " + std::to_string(good) + " (0x" + kHex[byte >> 4] +
                   kHex[byte & 15] + ") does not belong there");
  }
  return decode_utf8_lossy(bytes);
}

std::u32string decode_utf8_lossy(std::string_view bytes) {
  std::u32string text;
  text.reserve(bytes.size());
  for (std::size_t at = 0; at < bytes.size();) {
    const Utf8Step step = utf8_step(bytes.substr(at));
    text.push_back(step.character);
    at += step.length;
  }
  return text;
}

std::string repair_utf8(std::string_view bytes) {
  Utf8Stream stream;
  std::string text = stream.push(bytes);
  return text += stream.finish();
}

void append_utf8(char32_t character, std::string& out) {
  const bool surrogate = character >= 0xD800 && character < 0xE000;
  const char32_t c = surrogate || character > 0x10FFFF ? kReplacement : character;
  const auto tail = [&](int shift) {
    out.push_back(static_cast<char>(0x80 | (c >> shift & 0x3F)));
  };
  if (c < 0x80) {
    out.push_back(static_cast<char>(c));
  } else if (c < 0x800) {
    out.push_back(static_cast<char>(0xC0 | c >> 6));
    tail(0);
  } else if (c < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | c >> 12));
    tail(6), tail(0);
  } else {
    out.push_back(static_cast<char>(0xF0 | c >> 18));
    tail(12), tail(6), tail(0);
  }
}

std::string encode_utf8(std::u32string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (const char32_t c : text) append_utf8(c, bytes);
  return bytes;
}

std::string Utf8Stream::push(std::string_view bytes) {
  held_.append(bytes);
  std::string text;
  text.reserve(held_.size());
  std::size_t at = 0;
  while (at < held_.size()) {
    const Utf8Step step = utf8_step(std::string_view(held_).substr(at));
    if (step.incomplete) break;
    append_utf8(step.character, text);
    at += step.length;
  }
  held_.erase(0, at);
  return text;
}

std::string Utf8Stream::finish() {
  std::string text;
  if (!held_.empty()) append_utf8(kReplacement, text);
  held_.clear();
  return text;
}

}  // namespace quire
