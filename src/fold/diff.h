// The edits that turn one string of bytes into another.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace quire {

// In order: copy some bytes of the old string, drop some, insert some of the new one.
struct Edit {
  std::size_t copy = 0, drop = 0, insert = 0;
};

// What the edits leave of `from` is copied. The fewest edits where the strings are close; where
// they are not, edits stay correct but stop being the fewest, so that the time does not grow with
// the square of the length.
std::vector<Edit> diff(std::string_view from, std::string_view to);

}  // namespace quire
