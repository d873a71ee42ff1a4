// multipart/form-data (RFC 7578), the way browsers and curl -F send files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace quire {

struct FormPart {
  std::string name, filename;  // filename "" for a plain field
  std::string_view bytes;      // inside of the body
};

inline constexpr std::size_t kMaxFormParts = 64;

// `type` is the request's Content-Type. The views live as long as the body. Errors: no boundary,
// a part without a name, no end, more than kMaxFormParts.
Result<std::vector<FormPart>> parse_multipart(std::string_view type, std::string_view body);

}  // namespace quire
