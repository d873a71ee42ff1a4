// Text inside HTML, XML and SVG.
#pragma once

#include <string>
#include <string_view>

namespace quire {

// & < > " ' as entities, so that the text can stand between tags and inside quoted attributes.
// Bytes that are not UTF-8 become U+FFFD; control characters, which XML does not know, are left
// out, but for newline and tab.
std::string escape_markup(std::string_view text);

}  // namespace quire
