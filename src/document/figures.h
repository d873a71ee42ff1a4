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

// Saves figure K as FOLDER/NAME_figures/K.png, `prefix` in front of the K. Returns their links as
// seen from FOLDER, ready for Markdown and HTML; "" for a figure without pixels.
Result<std::vector<std::string>> save_figures(const DocumentPage& page, const Image& picture,
                                              const std::string& folder, const std::string& name,
                                              const std::string& prefix = "");

// A path as a link: what is not a letter, digit, or one of -._~/ as %XX.
std::string percent_encoded(std::string_view path);

}  // namespace quire
