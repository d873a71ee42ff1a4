#include "text/strip.h"

#include "text/unicode_class.h"
#include "text/utf8.h"

namespace quire {

std::string_view strip(std::string_view text) {
  std::size_t begin = text.size(), end = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Step step = utf8_step(text.substr(at));
    if (!is_python_space(step.character)) {
      if (end == 0) begin = at;
      end = at + step.length;
    }
    at += step.length;
  }
  return begin < end ? text.substr(begin, end - begin) : std::string_view();
}

}  // namespace quire
