// A text on its way into pages: checked, and as it will be drawn.
//
// Pages know newlines (drawn as a mark) and characters. So "\r\n" and "\r" become one newline, a
// tab four spaces; a correction (fold --exact) brings them back. The tallies say how often.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace quire {

inline constexpr std::size_t kMaxTextBytes = std::size_t{64} << 20;

struct SourceText {
  std::string bytes;      // as given, UTF-8
  std::u32string drawn;   // '\n' for every line end, no tab, no '\r'
  std::size_t chars = 0;  // code points of `bytes`
  std::size_t tabs = 0, carriage_returns = 0;

  std::size_t visible = 0;  // of `drawn`: what is not white space

  // Filled in by find_unknown().
  std::size_t unknown = 0;                 // of `drawn`
  std::vector<char32_t> unknown_examples;  // distinct, in order, at most 8
};

// Errors, each a sentence to show: no characters or only white space; not UTF-8 (with the offset);
// over kMaxTextBytes.
Result<SourceText> check_text(std::string bytes);

// Counts the characters that `known` (never asked about '\n') denies. Error: they are more than
// half of what can be seen.
Status find_unknown(SourceText& text, const std::function<bool(char32_t)>& known);

// read_file with the limit above and the same sentence; "-" is standard input.
Result<std::string> read_text(const std::string& path);

// "U+4E2D '中', U+0007": for messages.
std::string list_characters(const std::vector<char32_t>& characters);

// Cuts the source bytes at page ends: which of them stand behind the next `drawn` characters. A tab
// that a page end divides belongs to the earlier page.
class SourceCursor {
 public:
  explicit SourceCursor(std::string_view bytes) : rest_(bytes) {}
  std::string_view take(std::size_t drawn);

 private:
  std::string_view rest_;
  std::size_t ahead_ = 0;  // spaces of a divided tab that belong to the next page
};

}  // namespace quire
