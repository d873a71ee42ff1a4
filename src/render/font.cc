#include "render/font.h"

#include <hb-ft.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace quire {
namespace {

namespace fs = std::filesystem;

// Where Debian and most other systems keep their fonts, and where a user keeps his.
std::vector<fs::path> font_search_path() {
  std::vector<fs::path> folders = {"/usr/share/fonts", "/usr/local/share/fonts"};
  if (const char* home = std::getenv("HOME"))
    folders.push_back(fs::path(home) / ".local/share/fonts");
  return folders;
}

// A path as it is, or the first font file of that name in the search path ("" when there is none).
std::string locate_font(const std::string& name) {
  std::error_code ignored;
  if (fs::is_regular_file(name, ignored)) return name;
  std::vector<std::string> found;
  for (const fs::path& folder : font_search_path()) {
    for (fs::recursive_directory_iterator
             it(folder, fs::directory_options::skip_permission_denied, ignored),
         end;
         it != end; it.increment(ignored)) {
      const fs::path& path = it->path();
      const std::string extension = path.extension().string();
      if (extension != ".ttf" && extension != ".otf" && extension != ".pfb") continue;
      if (path.stem().string() == name || path.filename().string() == name) found.push_back(path);
    }
  }
  return found.empty() ? "" : *std::min_element(found.begin(), found.end());
}

// Measures what a line of this face needs, from the letters a text is made of rather than from the
// header, whose line height is a matter of taste and often far too generous.
void measure(Face& face) {
  const float em = face.ft->units_per_EM;
  const auto load = [&](char32_t c) {
    return FT_Load_Char(face.ft, c, FT_LOAD_NO_SCALE | FT_LOAD_NO_HINTING) == 0;
  };
  if (load('x')) face.advance = static_cast<float>(face.ft->glyph->metrics.horiAdvance) / em;
  // The brackets and the accented capital span what prose needs.
  for (char32_t c : U"bdfhklg|jpqy()[]{}\u00C5\u00C9\u00C7") {
    if (c == 0 || !face.has(c) || !load(c)) continue;
    const FT_Glyph_Metrics& m = face.ft->glyph->metrics;
    face.ascent = std::max(face.ascent, static_cast<float>(m.horiBearingY) / em);
    face.descent = std::max(face.descent, static_cast<float>(m.height - m.horiBearingY) / em);
  }
}

}  // namespace

Font::Faces::~Faces() {
  for (Face& face : list) {
    if (face.hb != nullptr) hb_font_destroy(face.hb);
    if (face.ft != nullptr) FT_Done_Face(face.ft);
  }
  if (library != nullptr) FT_Done_FreeType(library);
}

Face* Font::Faces::face_for(char32_t c) {
  for (Face& face : list) {
    if (face.has(c)) return &face;
  }
  return nullptr;
}

Result<Font> Font::open(const std::string& path, const std::vector<std::string>& fallbacks) {
  auto faces = std::make_unique<Faces>();
  if (FT_Init_FreeType(&faces->library) != 0) return internal("FreeType did not start");

  std::vector<std::string> names = {path};
  names.insert(names.end(), fallbacks.begin(), fallbacks.end());
  for (const std::string& name : names) {
    const std::string file = locate_font(name);
    const bool wanted = &name == &names.front();
    if (file.empty()) {
      if (!wanted) continue;  // a missing fallback only means fewer characters
      return not_found("font '" + name +
                       "' is neither a file nor the name of an installed font; "
                       "install it (Debian: fonts-dejavu) or name another with --font");
    }
    Face face;
    if (FT_New_Face(faces->library, file.c_str(), 0, &face.ft) != 0) {
      return invalid(file + ": not a font that FreeType can read");
    }
    if (!FT_IS_SCALABLE(face.ft)) {
      FT_Done_Face(face.ft);
      if (!wanted) continue;
      return unsupported(file + ": a bitmap font; an outline font is needed");
    }
    FT_Select_Charmap(face.ft, FT_ENCODING_UNICODE);
    measure(face);
    face.hb = hb_ft_font_create(face.ft, nullptr);
    faces->list.push_back(face);
    if (wanted && (face.advance <= 0 || face.ascent <= 0)) {
      return unsupported(file + ": has no Latin letters to measure");
    }
  }
  const FT_Face first = faces->list.front().ft;
  faces->name = std::string(first->family_name != nullptr ? first->family_name : "?") + " " +
                (first->style_name != nullptr ? first->style_name : "");
  const auto advance = [&](char32_t c) -> long {
    if (FT_Load_Char(first, c, FT_LOAD_NO_SCALE | FT_LOAD_NO_HINTING) != 0) return -1;
    return first->glyph->metrics.horiAdvance;
  };
  faces->monospaced = advance('i') == advance('W') && advance('.') == advance('m');

  Font font;
  font.faces_ = std::move(faces);
  return font;
}

Font::Font() = default;
Font::Font(Font&&) noexcept = default;
Font& Font::operator=(Font&&) noexcept = default;
Font::~Font() = default;

bool Font::has(char32_t c) const { return faces_->face_for(c) != nullptr; }
bool Font::monospaced() const { return faces_->monospaced; }
const std::string& Font::name() const { return faces_->name; }

}  // namespace quire
