// Int8 products: weights of 4 to 8 bits, in the blocks that GGUF has, against float rows quantised
// in blocks of 32. What lies between the two roundings is exact integer arithmetic, and what blocks
// give is added in order with fused multiply-adds, so all vector tables give the same bits,
// whatever the number of rows.
//
// Packed weights consist of panels of 16 rows, and a panel of groups along k: one block of the file
// of each row. In a group the rows stand side by side, value by value: what the int8 units multiply
// are four unsigned bytes of each of 16 rows and four signed bytes of x.
//
//   Q8_0  16 scales d (float16); for each four values of k those of row 0, row 1, ... as bytes with
//         128 added
//   Q4_0  16 d; 4 x 64 bytes of two values each: of four values of k, low nibbles, and of the four
//         that come 16 later, high ones
//   Q5_0  the same, and behind the nibbles 64 bytes of fifth bits: bit g those of values 4 g to
//         4 g + 3
//   Q4_K  16 d, 16 dmin (float16); for each 32 values 16 scales and 16 minimums (bytes); for each
//         32 values nibbles as in Q4_0
//   Q5_K  the same with fifth bits
//   Q6_K  16 d; for each 16 values 16 scales (signed bytes); for each 32 values nibbles and twice
//   64
//         bytes of top bits: bits 2 g and 2 g + 1 those of values 4 g to 4 g + 3 of either half
//
// Rows past the last are zero.
#pragma once

#include <cstddef>
#include <cstdint>

namespace quire::kernel {

// Types of packed weights. Values index the arrays in Kernels.
enum PanelType : int {
  kPanelQ8_0,
  kPanelQ4_0,
  kPanelQ5_0,
  kPanelQ4_K,
  kPanelQ5_K,
  kPanelQ6_K,
  kPanelTypes
};

inline constexpr std::size_t kQ8Block = 32;    // values of x that share a scale
inline constexpr std::size_t kPanelRows = 16;  // of weights

struct PanelLayout {
  std::size_t group;         // values of k in a block
  std::size_t file_bytes;    // of a block of one row in a file
  std::size_t header_bytes;  // of a group: scales and minimums of all rows
  std::size_t block_bytes;   // what follows for each 32 values

  constexpr std::size_t group_bytes() const {
    return header_bytes + group / kQ8Block * block_bytes;
  }
};
inline constexpr PanelLayout kPanelLayouts[kPanelTypes] = {
    {32, 34, 32, 512},
    {32, 18, 32, 256},
    {32, 22, 32, 256 + 64},
    {256, 144, 64 + 8 * 32, 256},
    {256, 176, 64 + 8 * 32, 256 + 64},
    {256, 210, 32 + 16 * 16, 256 + 128},
};

// Bytes of n packed rows; k is a multiple of the type's group.
inline constexpr std::size_t packed_int8_size(PanelType type, std::size_t n, std::size_t k) {
  const PanelLayout& layout = kPanelLayouts[type];
  return (n + kPanelRows - 1) / kPanelRows * (k / layout.group) * layout.group_bytes();
}

// 32 values of x, quantised: value = scale * int8, scale = max |x| / 127. With all that a product
// asks of them in one piece a tile needs one pointer for each row of x, and reads numbers that are
// the same for all rows of weights right into every lane.
struct Q8Block {
  float scale;
  float minus_sum;         // -scale * the sum of the int8
  std::int32_t offset;     // -128 * the sum
  std::int32_t halves[2];  // -32 * the sum of the first and of the last sixteen
  std::int8_t values[kQ8Block];
};

}  // namespace quire::kernel
