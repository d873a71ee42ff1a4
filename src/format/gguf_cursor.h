// Reading GGUF piece by piece. Private to this room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/status.h"
#include "format/gguf_value.h"

namespace quire {

// Takes values off the front of the bytes that are left. After a failed take `ok` stays false and
// everything that follows is zero or empty, so a group of takes needs one check.
class GgufCursor {
 public:
  explicit GgufCursor(std::span<const std::uint8_t> bytes) : left_(bytes), size_(bytes.size()) {}

  bool ok() const { return ok_; }
  std::size_t left() const { return left_.size(); }
  std::size_t position() const { return size_ - left_.size(); }

  template <typename T>
  T take() {
    T value{};
    if (const auto bytes = take_bytes(sizeof value); ok_)
      std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }

  // An unsigned number of 1 to 8 bytes.
  std::uint64_t take_bits(std::size_t bytes) {
    std::uint64_t value = 0;
    if (const auto taken = take_bytes(bytes); ok_) std::memcpy(&value, taken.data(), taken.size());
    return value;
  }

  std::string take_string() {
    const auto bytes = take_bytes(take<std::uint64_t>());
    return std::string(as_text(bytes));
  }

  // Whether `count` items of at least `least` bytes each can follow.
  bool can_hold(std::uint64_t count, std::size_t least) const {
    return count <= left_.size() / least;
  }

 private:
  std::span<const std::uint8_t> take_bytes(std::uint64_t size) {
    ok_ = ok_ && size <= left_.size();
    if (!ok_) return {};
    const auto bytes = left_.first(static_cast<std::size_t>(size));
    left_ = left_.subspan(static_cast<std::size_t>(size));
    return bytes;
  }

  std::span<const std::uint8_t> left_;
  std::size_t size_;
  bool ok_ = true;
};

// What to say when it is not ok.
inline Status gguf_cut_short() { return invalid("the file is cut short; fetch it again"); }

// A type number and the value that follows it: gguf_value_parse.cc.
Result<GgufValue> take_gguf_value(GgufCursor& cursor);

}  // namespace quire
