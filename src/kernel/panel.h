// How the two factors of a matrix product lie in memory while they are multiplied, as 32-bit words:
// float32 values, or pairs along k of 16-bit ones.
#pragma once

#include <cstddef>

namespace quire::kernel {

// The second factor is packed: panels of kPanel columns; in a panel the columns' words for one k
// stand side by side: (ceil(n / kPanel), k, kPanel), zeros where n ends inside a panel. 32 words
// are two registers of the widest set, and the same panels serve all sets.
inline constexpr std::size_t kPanel = 32;
inline constexpr std::size_t packed_size(std::size_t n, std::size_t k) {
  return (n + kPanel - 1) / kPanel * kPanel * k;
}
inline constexpr std::size_t packed_pairs(std::size_t n, std::size_t k) {
  return packed_size(n, (k + 1) / 2);
}

// The rows of the first factor are prepared once for all columns: rounded, and cut into slabs of
// kSlabWords words, so that a tile of them (21 KiB) stays, while panels stream by, in the
// first-level cache: (slabs, m, kPreparedRow). So they lie an odd number of cache lines apart;
// where they come from they are often 4096 bytes apart, which is one and the same cache set.
inline constexpr std::size_t kSlabWords = 384, kPreparedRow = kSlabWords + 16;
inline constexpr std::size_t prepared_size(std::size_t m, std::size_t k) {
  return (k + kSlabWords - 1) / kSlabWords * m * kPreparedRow;
}
inline constexpr std::size_t prepared_pairs(std::size_t m, std::size_t k) {
  return prepared_size(m, (k + 1) / 2);
}

}  // namespace quire::kernel
