// Splitting rows over threads, where that pays.
#pragma once

#include <algorithm>
#include <cstddef>

#include "base/thread_pool.h"

namespace quire {

// Work, in multiply-adds, below which a thread takes longer to wake than to do it (about 10 us).
inline constexpr std::size_t kWorthAThread = std::size_t{1} << 19;
// What one exponential, division or the like counts as.
inline constexpr std::size_t kTranscendental = 24;

// Runs body(begin, end) on parts of [0, count); one item is `work` multiply-adds.
template <typename Body>
void split(std::size_t count, std::size_t work, const Body& body) {
  default_pool().parallel_for(
      count, std::max<std::size_t>(1, kWorthAThread / std::max<std::size_t>(1, work)), body);
}

}  // namespace quire
