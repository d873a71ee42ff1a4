#include "render/page.h"

#include <algorithm>

#include "render/typesetter.h"

namespace quire {
namespace {

constexpr std::size_t kUnknownExamples = 16;
constexpr std::size_t kTabWidth = 4;

// The text as it will be drawn: newlines as marks, tabs as spaces. Idempotent.
std::u32string to_drawn(std::u32string_view text) {
  std::u32string drawn;
  drawn.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char32_t c = text[i];
    if (c == U'\r') {
      if (i + 1 == text.size() || text[i + 1] != U'\n') drawn += kBreakMark;
    } else if (c == U'\n') {
      drawn += kBreakMark;
    } else if (c == U'\t') {
      drawn.append(kTabWidth, U' ');
    } else {
      drawn += c;
    }
  }
  return drawn;
}

}  // namespace

Result<Rendering> render_text(std::u32string_view text, const PageLayout& layout, Font& font) {
  if (layout.side <= 0 || layout.side % kTokenPixels != 0 || layout.columns <= 0 ||
      layout.rows_per_token <= 0 || layout.rows_per_token > kMaxRowsPerToken) {
    return invalid(
        "page layout: side must be a multiple of 64, with at least one column and 1 to " +
        std::to_string(kMaxRowsPerToken) + " rows in each row of tokens");
  }
  const std::u32string drawn = to_drawn(text);
  Rendering rendering;
  for (const char32_t c : drawn) {
    if (font.has(c)) continue;
    ++rendering.unknown_characters;
    auto& examples = rendering.unknown_examples;
    if (examples.size() < kUnknownExamples &&
        std::find(examples.begin(), examples.end(), c) == examples.end()) {
      examples.push_back(c);
    }
  }
  Typesetter typesetter(font, layout);
  for (std::size_t begin = 0; begin < drawn.size();) {
    rendering.pages.push_back(typesetter.set_page(drawn, begin));
    begin = rendering.pages.back().text_end;
  }
  return rendering;
}

std::u32string join_lines(const std::vector<std::u32string>& lines) {
  std::u32string text;
  for (const std::u32string& line : lines) text += line;
  std::replace(text.begin(), text.end(), kBreakMark, U'\n');
  return text;
}

}  // namespace quire
