// Any bytes as JSON: what we accept, the library must accept as well, with the same value.
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/bytes.h"
#include "format/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text({data, size});
  const auto json = quire::parse_json(text);
  if (json) QUIRE_CHECK(*json == quire::Json::parse(text));
  return 0;
}
