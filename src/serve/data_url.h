// "data:image/png;base64,...": a picture inside a request. No other address is ever followed: a
// server that fetches what a stranger names can be sent into the network it stands in.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace quire {

// The bytes. The media type is not believed and not looked at: what a picture is, its bytes tell.
// Error: kUnsupported for every other kind of address; kInvalid for base64 that is none.
Result<std::vector<std::uint8_t>> decode_data_url(std::string_view url);

}  // namespace quire
