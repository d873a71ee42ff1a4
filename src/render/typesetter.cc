#include "render/typesetter.h"

#include FT_OUTLINE_H

#include <algorithm>
#include <cmath>

namespace quire {
namespace {

constexpr float kMaxStretch = 1.25f;  // beyond this a face no longer looks like itself

FT_F26Dot6 to_26_6(float pixels) { return static_cast<FT_F26Dot6>(std::lround(pixels * 64)); }

void set_size(const Face& face, float x_size, float y_size) {
  FT_Set_Char_Size(face.ft, to_26_6(x_size), to_26_6(y_size), 72, 72);
}

}  // namespace

Typesetter::Typesetter(Font& font, const PageLayout& layout)
    : faces_(*font.faces_), layout_(layout) {
  const Face& face = faces_.list.front();
  const float extent = face.ascent + face.descent;
  x_size_ = cell_width() / face.advance;
  y_size_ = row_height() / extent;
  if (faces_.monospaced) {
    y_size_ = std::clamp(y_size_, x_size_ / kMaxStretch, x_size_ * kMaxStretch);
    y_size_ = std::min(y_size_, row_height() / extent);
    x_size_ = std::min(x_size_, y_size_ * kMaxStretch);
  } else {
    y_size_ = std::min(x_size_, y_size_);
    x_size_ = y_size_;
  }
  baseline_ = (row_height() - y_size_ * extent) / 2 + y_size_ * face.ascent;
}

std::vector<float> Typesetter::advances(std::u32string_view text) const {
  if (faces_.monospaced) return std::vector<float>(text.size(), cell_width());

  // One cluster a character: ligatures off, so that every character keeps a box of its own.
  static const hb_feature_t kNoLigatures[] = {
      {HB_TAG('l', 'i', 'g', 'a'), 0, 0, static_cast<unsigned>(-1)},
      {HB_TAG('c', 'l', 'i', 'g'), 0, 0, static_cast<unsigned>(-1)},
  };
  const Face& face = faces_.list.front();
  set_size(face, x_size_, y_size_);
  hb_font_set_scale(face.hb, to_26_6(x_size_), to_26_6(y_size_));
  hb_buffer_t* buffer = hb_buffer_create();
  hb_buffer_add_utf32(buffer, reinterpret_cast<const std::uint32_t*>(text.data()),
                      static_cast<int>(text.size()), 0, static_cast<int>(text.size()));
  hb_buffer_set_direction(buffer, HB_DIRECTION_LTR);
  hb_buffer_guess_segment_properties(buffer);
  hb_shape(face.hb, buffer, kNoLigatures, 2);
  unsigned count = 0;
  const hb_glyph_info_t* info = hb_buffer_get_glyph_infos(buffer, &count);
  const hb_glyph_position_t* position = hb_buffer_get_glyph_positions(buffer, &count);
  std::vector<float> widths(text.size(), 0.0f);
  for (unsigned i = 0; i < count; ++i) {
    widths[info[i].cluster] += static_cast<float>(position[i].x_advance) / 64;
  }
  hb_buffer_destroy(buffer);
  // Characters of fallback faces take their own width.
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (face.has(text[i])) continue;
    const Face* other = faces_.face_for(text[i]);
    widths[i] = x_size_ * (other != nullptr ? other->advance : face.advance);
  }
  return widths;
}

Page Typesetter::set_page(std::u32string_view text, std::size_t begin) {
  Page page;
  page.picture = Image(layout_.side, layout_.side, layout_.paper);
  page.text_begin = begin;
  const float side = static_cast<float>(layout_.side);
  // No row holds more than this many characters, however thin they are.
  const std::size_t reach = static_cast<std::size_t>(layout_.columns) * (faces_.monospaced ? 1 : 4);

  for (int row = 0; row < layout_.rows() && begin < text.size(); ++row) {
    const std::u32string_view ahead = text.substr(begin, reach);
    const std::vector<float> widths = advances(ahead);
    const float top = row_height() * static_cast<float>(row);
    float x = 0;
    std::size_t n = 0;
    // Half a pixel of slack keeps rounding from pushing the last cell of a line out.
    for (; n < ahead.size() && (n == 0 || x + widths[n] <= side + 0.5f); ++n) {
      page.glyphs.push_back({ahead[n], x, top, x + widths[n], top + row_height(), row});
      draw(page, page.glyphs.back());
      x += widths[n];
    }
    page.lines.emplace_back(ahead.substr(0, n));
    begin += n;
  }
  page.text_end = begin;
  return page;
}

void Typesetter::draw(Page& page, const Glyph& glyph) {
  if (glyph.character == U' ' || glyph.character == U'\u00A0') return;
  Face* face = faces_.face_for(glyph.character);
  const char32_t shown = face != nullptr ? glyph.character : U'\uFFFD';
  if (face == nullptr) face = faces_.face_for(shown);
  if (face == nullptr) face = &faces_.list.front();  // draws the face's own "missing" box

  // A fallback face is squeezed into the cell when it is wider than the wanted one.
  float x_size = x_size_;
  if (faces_.monospaced && face->advance > 0) {
    x_size = std::min(x_size, (glyph.x1 - glyph.x0) / face->advance);
  }
  set_size(*face, x_size, y_size_);
  const FT_UInt index = FT_Get_Char_Index(face->ft, shown);
  if (FT_Load_Glyph(face->ft, index, FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP) != 0) return;
  FT_GlyphSlot slot = face->ft->glyph;
  // Centre in the cell, then move by the fraction of a pixel that a bitmap position cannot express.
  const float advance = static_cast<float>(slot->linearHoriAdvance) / 65536;
  const float x = faces_.monospaced ? glyph.x0 + (glyph.x1 - glyph.x0 - advance) / 2 : glyph.x0;
  const float y = glyph.y0 + baseline_;
  const float left = std::floor(x), below = std::ceil(y);
  FT_Outline_Translate(&slot->outline, to_26_6(x - left), to_26_6(below - y));
  if (FT_Render_Glyph(slot, FT_RENDER_MODE_NORMAL) != 0) return;
  blend(page.picture, slot->bitmap, static_cast<int>(left) + slot->bitmap_left,
        static_cast<int>(below) - slot->bitmap_top);
}

void Typesetter::blend(Image& picture, const FT_Bitmap& bitmap, int left, int top) const {
  const int ink = layout_.ink;
  for (int y = 0; y < static_cast<int>(bitmap.rows); ++y) {
    if (top + y < 0 || top + y >= picture.height) continue;
    std::uint8_t* row = picture.row(top + y);
    for (int x = 0; x < static_cast<int>(bitmap.width); ++x) {
      if (left + x < 0 || left + x >= picture.width) continue;
      const int cover = bitmap.buffer[y * bitmap.pitch + x];
      std::uint8_t* pixel = row + static_cast<std::size_t>(left + x) * 3;
      const int value =
          pixel[0] + ((ink - pixel[0]) * cover + (ink >= pixel[0] ? 127 : -127)) / 255;
      pixel[0] = pixel[1] = pixel[2] = static_cast<std::uint8_t>(value);
    }
  }
}

}  // namespace quire
