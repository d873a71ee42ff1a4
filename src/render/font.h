// The faces behind a Font: FreeType for outlines, HarfBuzz for shaping. Private to this room.
#pragma once

#include <ft2build.h>
#include FT_FREETYPE_H
#include <hb.h>

#include <memory>
#include <string>
#include <vector>

#include "render/page.h"

namespace quire {

// One face and its HarfBuzz twin, with the metrics the typesetter needs, in units of one em.
struct Face {
  FT_Face ft = nullptr;
  hb_font_t* hb = nullptr;
  float advance = 0;  // of 'x'
  float ascent = 0;   // of the tallest printable ASCII or accented letter
  float descent = 0;  // of the deepest one, as a positive number

  bool has(char32_t c) const { return FT_Get_Char_Index(ft, c) != 0; }
};

struct Font::Faces {
  FT_Library library = nullptr;
  std::vector<Face> list;  // the wanted face, then its fallbacks; never empty
  std::string name;
  bool monospaced = false;

  ~Faces();
  // The first face that has the character, or nullptr.
  Face* face_for(char32_t c);
};

}  // namespace quire
