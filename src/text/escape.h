// Strangers' text where it could be taken for something else: inside HTML, XML and SVG, and on a
// terminal.
#pragma once

#include <string>
#include <string_view>

namespace quire {

// & < > " ' as entities, so that the text can stand between tags and inside quoted attributes.
// Bytes that are not UTF-8 become U+FFFD; control characters, which XML does not know, are left
// out, but for newline and tab.
std::string escape_markup(std::string_view text);

// One line that moves no cursor and changes no colour, whatever a file is called: control
// characters as \x1B, bytes that are not UTF-8 as U+FFFD.
std::string printable(std::string_view text);

}  // namespace quire
