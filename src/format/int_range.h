// The range an integer from a file must lie in. Every one of them has such a range: sizes from
// files become allocations and offsets.
#pragma once

#include <cstdint>
#include <limits>

namespace quire {

struct IntRange {
  std::int64_t min = 0;
  std::int64_t max = std::numeric_limits<std::int32_t>::max();
};

}  // namespace quire
