// A text seen as bytes, and bytes seen as text: both borrow, neither looks at what is in them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace quire {

inline std::span<const std::uint8_t> as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::string_view as_text(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace quire
