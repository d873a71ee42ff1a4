// The words of a page's Markdown without the marks of headings, lists, tables, emphasis and
// formulas: what can be compared with a text that has none, like a PDF's text layer. The marks are
// those that models write and document/safe_html.h shows; whatever looks otherwise stays as it is.
#pragma once

#include <string>
#include <string_view>

namespace quire {

std::string plain_text(std::string_view markdown);

}  // namespace quire
