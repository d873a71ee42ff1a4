// Any bytes as a form: every part lies inside of the body, in order.
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "serve/multipart.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view all = as_text({data, size});
  const std::size_t line = std::min(all.find('\n'), size);
  const std::string_view type = all.substr(0, line), body = all.substr(std::min(line + 1, size));
  const auto parts = quire::parse_multipart(type, body);
  if (!parts) return 0;
  const char* at = body.data();
  for (const quire::FormPart& part : *parts) {
    if (part.bytes.empty()) continue;
    QUIRE_CHECK(part.bytes.data() >= at);
    at = part.bytes.data() + part.bytes.size();
    QUIRE_CHECK(at <= body.data() + body.size());
  }
  return 0;
}
