// Any bytes as a model's words: every < in the HTML begins a tag of the list, all tags nest, and no
// attribute is there but the spans of cells.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"
#include "document/safe_html.h"

namespace {

constexpr std::string_view kAllowed[] = {"table", "thead", "tbody", "tr", "td", "th", "sub",
                                         "sup",   "b",     "i",     "p",  "ul", "ol", "li",
                                         "h1",    "h2",    "h3",    "h4", "h5", "h6"};

// "td rowspan="2" colspan="31"" to "td".
std::string_view without_spans(std::string_view tag) {
  const std::string_view name = tag.substr(0, tag.find(' '));
  std::string_view rest = tag.substr(name.size());
  for (const std::string_view span : {" rowspan=\"", " colspan=\""}) {
    if (!rest.starts_with(span)) continue;
    rest.remove_prefix(span.size());
    const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    QUIRE_CHECK(digits >= 1 && digits <= 3 && rest.substr(digits).starts_with('"'));
    rest.remove_prefix(digits + 1);
  }
  QUIRE_CHECK(rest.empty());
  return name;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string html = quire::safe_html(as_text({data, size}));
  std::vector<std::string_view> open;
  std::string_view rest = html;
  for (std::size_t at; (at = rest.find('<')) != std::string_view::npos;) {
    const std::size_t end = rest.find('>', at);
    QUIRE_CHECK(end != std::string_view::npos);
    const std::string_view tag = rest.substr(at + 1, end - at - 1);
    rest.remove_prefix(end + 1);
    if (tag == "br") continue;
    if (tag.starts_with('/')) {
      QUIRE_CHECK(!open.empty() && open.back() == tag.substr(1));
      open.pop_back();
      continue;
    }
    open.push_back(without_spans(tag));
    QUIRE_CHECK(std::find(std::begin(kAllowed), std::end(kAllowed), open.back()) !=
                std::end(kAllowed));
  }
  QUIRE_CHECK(open.empty());
  return 0;
}
