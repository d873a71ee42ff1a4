// Splitting rows over threads, where that pays.
#pragma once

#include <algorithm>
#include <cstddef>

#include "base/thread_pool.h"

namespace quire {

// Work, in multiply-adds, below which a thread takes longer to wake than to do it (about 10 us).
inline constexpr std::size_t kWorthAThread = std::size_t{1} << 19;
// What a byte read from memory counts as.
inline constexpr std::size_t kByteRead = 4;
// What one exponential, division or the like counts as.
inline constexpr std::size_t kTranscendental = 24;

// Parts for each thread of what can be cut at little cost: a thread that a neighbour of this
// machine slows down does fewer of them.
inline constexpr std::size_t kPartsPerThread = 4;

// Runs body(begin, end) on parts of [0, count); one item is `work` multiply-adds.
template <typename Body>
void split(std::size_t count, std::size_t work, const Body& body,
           std::size_t parts_per_thread = 1) {
  default_pool().parallel_for(
      count, std::max<std::size_t>(1, kWorthAThread / std::max<std::size_t>(1, work)), body,
      parts_per_thread);
}

}  // namespace quire
