// White space off both ends.
#pragma once

#include <string_view>

namespace quire {

// As Python's str.strip(), which the official code applies to prompts and answers. Bytes that are
// not UTF-8 are no white space.
std::string_view strip(std::string_view text);

}  // namespace quire
