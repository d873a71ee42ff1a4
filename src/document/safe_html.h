// The model's words as HTML. They are a stranger's: a scanned page can say <script>, and so can a
// model. Everything is escaped; what comes through as markup is made here from a short list:
// tables, line breaks, raised and lowered text, and of Markdown headings, lists and bold.
#pragma once

#include <string>
#include <string_view>

namespace quire {

// One block's Markdown to an HTML fragment. Tags are balanced and carry no attribute but the spans
// of table cells. Links and pictures stay text: nothing in a page may make a browser fetch
// anything.
std::string safe_html(std::string_view markdown);

}  // namespace quire
