#include "infer/line_rule.h"

#include <algorithm>
#include <cmath>

namespace quire {

bool Utf8Progress::push(std::uint8_t byte) {
  if (missing > 0) {
    if (byte < lowest || byte > highest) return false;
    --missing;
    lowest = 0x80;
    highest = 0xBF;
    return true;
  }
  if (byte >= 0x80 && (byte < 0xC2 || byte > 0xF4)) return false;
  missing = byte < 0x80 ? 0 : byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
  // No code point is written longer than need be, none is a surrogate, none lies past U+10FFFF.
  if (byte == 0xE0) lowest = 0xA0;
  if (byte == 0xED) highest = 0x9F;
  if (byte == 0xF0) lowest = 0x90;
  if (byte == 0xF4) highest = 0x8F;
  ++characters;
  return true;
}

LineTokens::LineTokens(const Tokenizer& tokenizer, std::int32_t eos)
    : tokens_(static_cast<std::size_t>(std::max(tokenizer.vocab_size(), eos + 1))) {
  for (std::int32_t id = 0; id < tokenizer.vocab_size(); ++id) {
    Token& token = tokens_[static_cast<std::size_t>(id)];
    const std::string_view bytes = tokenizer.token_bytes(id);
    if (bytes.empty() || tokenizer.is_special(id)) continue;
    if (bytes == "\n") {
      token.kind = kNewline;
    } else if (bytes.find('\n') == std::string_view::npos) {
      Utf8Progress text;
      const bool valid = std::all_of(bytes.begin(), bytes.end(), [&](char byte) {
        return text.push(static_cast<std::uint8_t>(byte));
      });
      token.kind = valid && text.missing == 0 ? kWhole : kPart;
      token.characters = text.characters;
      if (token.kind == kPart) token.bytes = bytes;
    }
  }
  tokens_[static_cast<std::size_t>(eos)].kind = kEnd;
}

bool LineRule::allows(const LineTokens::Token& token) const {
  switch (token.kind) {
    case LineTokens::kNever:
      return false;
    case LineTokens::kEnd:
      return true;
    case LineTokens::kNewline:
      return line_.missing == 0 && line_.characters >= width_;
    case LineTokens::kWhole:
      return line_.missing == 0 && line_.characters + token.characters <= width_;
    case LineTokens::kPart: {
      Utf8Progress after = line_;
      for (const char byte : token.bytes) {
        if (!after.push(static_cast<std::uint8_t>(byte))) return false;
      }
      return after.characters <= width_;
    }
  }
  return false;
}

void LineRule::count(const LineTokens::Token& token) {
  if (token.kind == LineTokens::kNewline) line_ = {};
  if (token.kind == LineTokens::kWhole) line_.characters += token.characters;
  for (const char byte : token.bytes) line_.push(static_cast<std::uint8_t>(byte));
}

void LineRule::apply(std::span<const std::int32_t> ids, std::span<float> scores) {
  for (; seen_ < ids.size(); ++seen_) {
    const auto id = static_cast<std::size_t>(ids[seen_]);
    if (id < tokens_->tokens_.size()) count(tokens_->tokens_[id]);
  }
  for (std::size_t id = 0; id < scores.size(); ++id) {
    if (id >= tokens_->tokens_.size() || !allows(tokens_->tokens_[id])) scores[id] = -INFINITY;
  }
}

}  // namespace quire
