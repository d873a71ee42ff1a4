// Products in block floating point: kInt16Block values along k are 16-bit integers with one scale,
// so a product is exact integer arithmetic in units that do two of them where float32 does one.
//
//   value = scale * integer
//
// What the integers may be follows from the 32 bits of a sum: two blocks' product is at most the
// product of their norms (Cauchy and Schwarz), so with norms of kInt16Norm no sum of some or all of
// its terms overflows, whatever the values are. Of 128 ordinary values the largest becomes some
// 11,000. Scales of weights are powers of two: nearly all bfloat16 weights stay what they are.
// Random rows come out within 1.5e-4 of float32, relative to the norm (bfloat16: 1.6e-3).
//
// What blocks give is added in order in float32 with fused multiply-adds, and norms are summed up
// in one order, so all tables give the same bits, whatever the number of rows.
//
// A packed matrix (n, k) consists of panels of kPanel columns and a panel of ceil(k / kInt16Block)
// blocks: kPanel scales (float32), then pairs of integers along k of each column, the first in the
// low half: (kInt16Pairs, kPanel). Zeros where n or k end. Prepared rows (panel.h) are such pairs,
// and the scales of a slab's blocks follow right behind its kSlabWords.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernel/panel.h"

namespace quire::kernel {

inline constexpr std::size_t kInt16Block = 128, kInt16Pairs = kInt16Block / 2;
inline constexpr float kInt16Norm = 46330, kInt16Most = 32767;
// Roundings add at most half of the root of kInt16Block to a norm, and float32 a little.
static_assert(std::int64_t{46337} * 46337 < std::int64_t{1} << 31);
// Squares are summed up in this many partial sums, value i in sum i % kInt16Sums; then the upper
// half of them is added to the lower until one is left.
inline constexpr std::size_t kInt16Sums = 16;
// A block of a smaller norm counts as zeros. (One with a value beyond 1e19 counts as not finite:
// both for the squares' sake.)
inline constexpr float kInt16Least = 0x1p-60f;

static_assert(kSlabWords % kInt16Pairs == 0 &&
              kSlabWords / kInt16Pairs <= kPreparedRow - kSlabWords);

// 32-bit words of a block of a panel, and of n packed rows.
inline constexpr std::size_t kInt16BlockWords = (kInt16Pairs + 1) * kPanel;
inline constexpr std::size_t packed_int16(std::size_t n, std::size_t k) {
  return (n + kPanel - 1) / kPanel * ((k + kInt16Block - 1) / kInt16Block) * kInt16BlockWords;
}

}  // namespace quire::kernel
