#include "text/pretokenize.h"

#include <algorithm>

#include "text/unicode_class.h"
#include "text/utf8.h"

namespace quire {
namespace {

bool is_line_break(char32_t c) { return c == U'\r' || c == U'\n'; }
bool is_ascii_letter(char32_t c) { return (c | 0x20) >= U'a' && (c | 0x20) <= U'z'; }
bool is_ascii_punctuation(char32_t c) { return c < 0x80 && is_class(c, kPunctuation | kSymbol); }

// Walks over a piece, one character at a time. peek() at the end is a value no class holds.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) { read(); }

  std::size_t at() const { return at_; }
  bool done() const { return at_ == text_.size(); }
  char32_t peek() const { return step_.character; }
  void next() {
    at_ += step_.length;
    read();
  }

  template <typename Predicate>
  void skip(Predicate is) {
    while (!done() && is(peek())) next();
  }

 private:
  void read() { step_ = done() ? Utf8Step{kNone} : utf8_step(text_.substr(at_)); }

  static constexpr char32_t kNone = 0xFFFFFFFF;
  std::string_view text_;
  std::size_t at_ = 0;
  Utf8Step step_;
};

// \p{N}{1,3}
std::size_t match_digits(std::string_view rest) {
  Cursor c(rest);
  for (int i = 0; i < 3 && is_class(c.peek(), kNumber); ++i) c.next();
  return c.at();
}

// [一-龥぀-ゟ゠-ヿ]+
std::size_t match_cjk(std::string_view rest) {
  Cursor c(rest);
  c.skip([](char32_t x) { return (x >= 0x4E00 && x <= 0x9FA5) || (x >= 0x3040 && x <= 0x30FF); });
  return c.at();
}

// The six alternatives of the third expression, in its order.

// [!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+
std::size_t match_punctuation_and_word(std::string_view rest) {
  Cursor c(rest);
  if (!is_ascii_punctuation(c.peek())) return 0;
  c.next();
  const std::size_t letters = c.at();
  c.skip(is_ascii_letter);
  return c.at() > letters ? c.at() : 0;
}

// [^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+
std::size_t match_word(std::string_view rest) {
  const auto in_word = [](char32_t x) { return is_class(x, kLetter | kMark); };
  Cursor c(rest);
  const bool starts_in_word = in_word(c.peek());
  if (!starts_in_word) {
    if (is_line_break(c.peek()) || is_class(c.peek(), kPunctuation | kSymbol)) return 0;
    c.next();
  }
  const std::size_t word = c.at();
  c.skip(in_word);
  return c.at() > word ? c.at() : 0;
}

//  ?[\p{P}\p{S}]+[\r\n]*
std::size_t match_punctuation(std::string_view rest) {
  Cursor c(rest);
  if (c.peek() == U' ') c.next();
  const std::size_t marks = c.at();
  c.skip([](char32_t x) { return is_class(x, kPunctuation | kSymbol); });
  if (c.at() == marks) return 0;
  c.skip(is_line_break);
  return c.at();
}

// \s*[\r\n]+|\s+(?!\S)|\s+
// The first takes white space up to its last line break. Without a line break the second leaves
// the last character to what follows, unless nothing does or nothing else is there.
std::size_t match_space(std::string_view rest) {
  Cursor c(rest);
  std::size_t after_break = 0, last = 0;
  while (is_class(c.peek(), kSpace)) {
    const bool line_break = is_line_break(c.peek());
    last = c.at();
    c.next();
    if (line_break) after_break = c.at();
  }
  if (after_break > 0) return after_break;
  return c.done() || last == 0 ? c.at() : last;
}

std::size_t match_rest(std::string_view rest) {
  for (const auto match :
       {match_punctuation_and_word, match_word, match_punctuation, match_space}) {
    if (const std::size_t length = match(rest)) return length;
  }
  return 0;
}

// What this build knows, in the order in which DeepSeek-V3 applies it.
constexpr struct {
  std::string_view regex;
  std::size_t (*match)(std::string_view rest);
} kKnown[] = {
    {R"(\p{N}{1,3})", match_digits},
    {"[一-龥\u3040-ゟ゠-ヿ]+", match_cjk},
    {R"([!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+)"
     "|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+"
     "| ?[\\p{P}\\p{S}]+[\r\n]*"
     "|\\s*[\r\n]+|\\s+(?!\\S)|\\s+",
     match_rest},
};

}  // namespace

Result<Pretokenizer> Pretokenizer::from_regexes(std::span<const std::string> regexes) {
  Pretokenizer made;
  for (const std::string& regex : regexes) {
    const auto known = std::find_if(std::begin(kKnown), std::end(kKnown),
                                    [&](const auto& k) { return k.regex == regex; });
    if (known == std::end(kKnown)) {
      return unsupported("the pre-tokeniser splits by the regular expression '" +
                         repair_utf8(regex.substr(0, 200)) + "', which this build does not know");
    }
    made.stages_.push_back(known->match);
  }
  return made;
}

std::vector<std::string> deepseek_v3_regexes() {
  std::vector<std::string> regexes;
  for (const auto& known : kKnown) regexes.emplace_back(known.regex);
  return regexes;
}

void Pretokenizer::split(std::string_view text,
                         const std::function<void(std::string_view)>& piece) const {
  if (!text.empty()) run(0, text, piece);
}

// Isolates the matches of one stage; what lies between them is a piece too.
void Pretokenizer::run(std::size_t stage, std::string_view text,
                       const std::function<void(std::string_view)>& piece) const {
  if (stage == stages_.size()) return piece(text);
  std::size_t begin = 0, at = 0;
  while (at < text.size()) {
    const std::size_t length = stages_[stage](text.substr(at));
    if (length == 0) {
      at += utf8_step(text.substr(at)).length;
      continue;
    }
    if (at > begin) run(stage + 1, text.substr(begin, at - begin), piece);
    run(stage + 1, text.substr(at, length), piece);
    begin = at += length;
  }
  if (at > begin) run(stage + 1, text.substr(begin), piece);
}

}  // namespace quire
