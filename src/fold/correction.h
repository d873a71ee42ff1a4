// What turns a reading into the text it should have been: the edits of the one against the other,
// deflated. A page read 97% right costs about a tenth of its text this way.
//
//   u32  CRC-32 of the reading the correction was made for
//   u32  CRC-32 of the text
//   u32  bytes of the text
//   u32  bytes of the edit script
//   ...  the edit script as a zlib stream
//
// The script is a row of edits, each three varints (seven bits a byte, lowest first) and some
// bytes: how many bytes of the reading to copy, how many then to drop, how many to insert, and
// those. What is left of the reading at the end is copied.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/status.h"

namespace quire {

inline constexpr std::size_t kMaxCorrectedBytes = std::size_t{1} << 24;  // of one page

// Both are at most kMaxCorrectedBytes.
std::string make_correction(std::string_view reading, std::string_view text);

// The text, byte for byte. Errors: kInvalid when the correction is not one, or was made for another
// reading (another machine's rounding may read a doubtful letter differently).
Result<std::string> apply_correction(std::string_view reading,
                                     std::span<const std::uint8_t> correction);

}  // namespace quire
