// The figures of a page, cut out of its picture and saved beside its Markdown.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "document/page.h"
#include "format/image.h"

namespace quire {

// The box must lie in the picture and have pixels.
Image cut_out(const Image& picture, const PixelBox& box);

struct FigurePlace {
  std::string folder, name;  // figure K is FOLDER/NAME_figures/K.png
  std::string prefix = "";   // in front of the K
  std::string scratch = "";  // as write_file() takes it
};

// Returns the links of the figures as seen from the folder, ready for Markdown and HTML; "" for a
// figure without pixels.
Result<std::vector<std::string>> save_figures(const DocumentPage& page, const Image& picture,
                                              const FigurePlace& place);

// A path as a link: what is not a letter, digit, or one of -._~/ as %XX.
std::string percent_encoded(std::string_view path);

}  // namespace quire
