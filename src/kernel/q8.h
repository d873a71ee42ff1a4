// Int8 products: Q8_0 weights (blocks of 32: a float16 scale and 32 int8, as GGUF has them) against
// float rows quantised the same way. What lies between the two roundings is exact integer
// arithmetic, and the blocks of a sum are added in order with one fused multiply-add each, so all
// vector tables give the same bits, whatever the number of rows.
#pragma once

#include <cstddef>
#include <cstdint>

namespace quire::kernel {

inline constexpr std::size_t kQ8Block = 32;       // values that share a scale
inline constexpr std::size_t kQ8BlockBytes = 34;  // of a block in a file

// Packed weights consist of panels of 16 rows; in a panel, one block of all its rows after the
// other: 16 float16 scales, then for each four values of k those of row 0, row 1, ... as unsigned
// bytes, 128 added (what the int8 units multiply is one unsigned and one signed byte). Rows past
// the last are zero. As many bytes as the file has, for whole panels.
inline constexpr std::size_t kQ8PanelRows = 16;
inline constexpr std::size_t kQ8PanelBlock = kQ8PanelRows * kQ8BlockBytes;
inline constexpr std::size_t packed_q8_size(std::size_t n, std::size_t k) {
  return (n + kQ8PanelRows - 1) / kQ8PanelRows * (k / kQ8Block) * kQ8PanelBlock;
}

// Rows quantised for int8 products: value = scale * int8, scale = max |x| / 127 of its block.
struct Q8Rows {
  std::int8_t* values = nullptr;    // (m, k)
  float* scales = nullptr;          // (m, k / 32)
  std::int32_t* offsets = nullptr;  // (m, k / 32): -128 * the sum of the block's int8
};

}  // namespace quire::kernel
