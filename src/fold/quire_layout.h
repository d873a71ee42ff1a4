// Where things lie in a .quire file, for the two files that write and read it. Private to this
// room; docs/quire-format.md draws the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace quire {

// Header: magic, u32 version, u32 CRC-32 of the 12 bytes before it. The first byte is not text, and
// the last two are a line end that a transfer "as text" would change.
inline constexpr std::string_view kQuireMagic = "\x89QUIRE\r\n";
inline constexpr std::size_t kHeaderBytes = 16;

// Section head: 4 bytes of tag, u32 CRC-32 of the payload, u64 length of the payload, u32 CRC-32 of
// the 16 bytes before it.
inline constexpr std::size_t kSectionHeadBytes = 20;
inline constexpr std::string_view kPlanTag = "PLAN";
inline constexpr std::string_view kPageTag = "PAGE";
inline constexpr std::string_view kTokensTag = "TOKN";
inline constexpr std::string_view kCorrectionTag = "CORR";
inline constexpr std::string_view kEndTag = "END ";

// PAGE: u32 number, 8 bytes of mode name, u16 side, u16 columns, u16 rows_per_token, u16 flags,
// u32 characters; then the PNG.
inline constexpr std::size_t kModeBytes = 8;
inline constexpr std::size_t kPageHeadBytes = 24;
inline constexpr std::uint16_t kFixedPitch = 1;  // the only flag

// TOKN: u32 rows, u32 width, u32 type; then rows * width values.
inline constexpr std::size_t kTokensHeadBytes = 12;
inline constexpr std::uint32_t kTokensF32 = 0, kTokensF16 = 1;

// END: u64 length of the whole file, u32 number of pages.
inline constexpr std::size_t kEndBytes = 12;

}  // namespace quire
