// Bytes as text, RFC 4648 section 4: the standard alphabet, padded. How pictures travel in JSON.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace quire {

std::string encode_base64(std::span<const std::uint8_t> bytes);

// Strict: no white space, no other alphabet, padding where it belongs, unused bits zero. So one
// byte string has one text. Error: kInvalid with the offset of the first wrong character.
Result<std::vector<std::uint8_t>> decode_base64(std::string_view text);

}  // namespace quire
