// Breaks text into rows and draws them. Private to this room; see render/page.h for the rules.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "render/font.h"

namespace quire {

class Typesetter {
 public:
  Typesetter(Font& font, const PageLayout& layout);

  // Fills one page with the characters of `text` from `begin` on; page.text_end says how far it
  // got.
  Page set_page(std::u32string_view text, std::size_t begin);

 private:
  float cell_width() const {
    return static_cast<float>(layout_.side) / static_cast<float>(layout_.columns);
  }
  float row_height() const {
    return static_cast<float>(layout_.side) / static_cast<float>(layout_.rows());
  }

  // Advances in pixels of text[begin...], as far as one row may reach.
  std::vector<float> advances(std::u32string_view text) const;
  void draw(Page& page, const Glyph& glyph);
  void blend(Image& picture, const FT_Bitmap& bitmap, int left, int top) const;

  Font::Faces& faces_;
  PageLayout layout_;
  // Letter sizes in pixels per em. They differ when a cell is narrower or wider than the face is
  // drawn: the page is filled, the face gives way (by at most a quarter).
  float x_size_ = 0, y_size_ = 0;
  float baseline_ = 0;  // pixels below the top of a row
};

}  // namespace quire
