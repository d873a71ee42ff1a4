// The shape of a page as a rule of decoding: where a line is known to hold `width` characters, the
// newline is allowed when the line is full and only then, and nothing but it (or the end) follows a
// full line. The text may end anywhere. So a character that was misread cannot shift the rest.
//
// Characters may take several tokens, a byte each; what would not be UTF-8 is not allowed.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/tokenizer.h"

namespace quire {

// How far into a character a sequence of bytes is.
struct Utf8Progress {
  int missing = 0;                             // bytes of the character that are still to come
  std::uint8_t lowest = 0x80, highest = 0xBF;  // what the next of them may be
  std::size_t characters = 0;                  // begun so far

  // False, and nothing changed, when the byte cannot come next in UTF-8.
  bool push(std::uint8_t byte);
};

// What the rule needs to know of each token; made once for a tokenizer.
class LineTokens {
 public:
  LineTokens(const Tokenizer& tokenizer, std::int32_t eos);

 private:
  friend class LineRule;
  enum Kind : std::uint8_t {
    kNever,  // no text of its own, or text around a newline
    kNewline,
    kWhole,  // whole characters
    kPart,   // begins or ends inside a character
    kEnd,
  };
  struct Token {
    Kind kind = kNever;
    std::size_t characters = 0;  // of whole ones
    std::string bytes;           // of parts
  };
  std::vector<Token> tokens_;  // by id
};

// One sequence. The tokens must outlive it.
class LineRule {
 public:
  LineRule(const LineTokens& tokens, std::size_t width) : tokens_(&tokens), width_(width) {}

  // Bans what the rule forbids after `ids`, the ids generated so far: those of the last call and
  // perhaps more.
  void apply(std::span<const std::int32_t> ids, std::span<float> scores);

 private:
  bool allows(const LineTokens::Token& token) const;
  void count(const LineTokens::Token& token);

  const LineTokens* tokens_;
  std::size_t width_;
  std::size_t seen_ = 0;  // ids already counted
  Utf8Progress line_;     // the present line
};

}  // namespace quire
