#include "serve/data_url.h"

#include "serve/http.h"
#include "text/base64.h"

namespace quire {

Result<std::vector<std::uint8_t>> decode_data_url(std::string_view url) {
  constexpr std::string_view kScheme = "data:", kCoding = ";base64";
  if (!same_name(url.substr(0, kScheme.size()), kScheme)) {
    return unsupported(
        "only data: addresses are taken, and nothing is fetched for anybody; send the picture "
        "itself, as data:image/png;base64,...");
  }
  const std::size_t comma = url.find(',');
  if (comma == std::string_view::npos)
    return invalid("a data: address has a comma before its data");
  if (!url.substr(0, comma).ends_with(kCoding)) {
    return unsupported("a data: address is wanted in base64, as data:image/png;base64,...");
  }
  auto bytes = decode_base64(url.substr(comma + 1));
  if (bytes && bytes->empty()) return invalid("the data: address has no data");
  return bytes;
}

}  // namespace quire
