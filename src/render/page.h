// Text to page pictures: a plan (how many pages, which letters), then the pages, then for every
// glyph its exact box and character.
//
// A page is square and filled. Text is broken into lines at the right edge, wherever that falls
// ("fill"), so that no pixel is wasted and every line but the last holds as much as fits. A line
// break of the text is drawn as a visible mark (kBreakMark) and the text goes on behind it, so the
// text can be recovered from the rows alone: join the rows, turn the mark back into a newline.
//
// Rows are placed so that a whole number of them covers one row of vision tokens (64 pixels): a
// token row never cuts a line of text. That lets a reader decode one row of tokens at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "format/image.h"

namespace quire {

inline constexpr char32_t kBreakMark = U'\u21B5';  // drawn where the text has a newline
inline constexpr int kTokenPixels = 64;            // side of the square of pixels behind one token

// A typeface from a file, with fallbacks for characters it does not have. Not thread safe: one per
// thread.
class Font {
 public:
  // `path` may be a font file or the name of one of the faces that font_search_path() finds
  // ("DejaVuSansMono"). Fallback faces are tried in order for characters that `path` lacks.
  static Result<Font> open(const std::string& path, const std::vector<std::string>& fallbacks = {});
  Font(Font&&) noexcept;
  Font& operator=(Font&&) noexcept;
  ~Font();

  bool has(char32_t c) const;
  bool monospaced() const;
  const std::string& name() const;  // "DejaVu Sans Mono Book"

 private:
  friend class Typesetter;
  struct Faces;
  Font();
  std::unique_ptr<Faces> faces_;
};

// How one page is set. For a monospaced face every character gets a cell of
// (side / columns) x (side / rows) pixels, which need not be whole numbers. For a proportional face
// `columns` sets the letter size (that of an average character) and lines break by width.
inline constexpr int kMaxRowsPerToken = 12;  // lines of 5 1/3 pixels; below that no face is legible

struct PageLayout {
  int side = 512;            // pixels: 512, 640, 1024 or 1280
  int columns = 56;          // characters in a line (average, when proportional)
  int rows_per_token = 3;    // lines of text in each row of vision tokens
  std::uint8_t ink = 0;      // grey level of letters
  std::uint8_t paper = 255;  // grey level of the background

  int rows() const { return side / kTokenPixels * rows_per_token; }
  int capacity() const { return columns * rows(); }  // characters, when monospaced
};

// Chooses columns and rows_per_token so that a page of `side` holds at least `characters` (when
// monospaced) with letters as large and as naturally proportioned (height : advance about 2) as
// possible. `columns` is a multiple of side / 64, so that every token holds the same whole number
// of characters, and where that costs little of side / 16, so that no letter is cut by the edge
// between two patches of the encoder. Lines never get lower than 5 pixels; Code::kLimit says so
// when they would.
Result<PageLayout> layout_for(int side, int characters);

// One drawn character. Boxes are in pixels, half open: [x0, x1) x [y0, y1), the cell it occupies
// for a monospaced face, the advance x line box for a proportional one.
struct Glyph {
  char32_t character = 0;
  float x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  int row = 0;  // line of text on the page, from 0
};

struct Page {
  Image picture;                             // grey letters as RGB, side x side
  std::vector<Glyph> glyphs;                 // in reading order, spaces and break marks included
  std::vector<std::u32string> lines;         // what stands in each row; break marks included
  std::size_t text_begin = 0, text_end = 0;  // which characters of the text: [begin, end)
};

struct Rendering {
  std::vector<Page> pages;
  std::size_t unknown_characters = 0;      // drawn as U+FFFD's box because no face has them
  std::vector<char32_t> unknown_examples;  // distinct, at most 16
};

// Draws `text` (code points; "\r\n" and "\r" count as one newline, tabs as four spaces, other
// control characters as unknown) on as many pages as it needs. Empty text gives no pages.
Result<Rendering> render_text(std::u32string_view text, const PageLayout& layout, Font& font);

// The inverse of the line breaking: rows back to text.
std::u32string join_lines(const std::vector<std::u32string>& lines);

}  // namespace quire
