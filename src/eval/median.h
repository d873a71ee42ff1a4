// The middle one of an odd number of values, the upper middle one of an even number.
#pragma once

#include <algorithm>
#include <vector>

namespace quire {

inline double median(std::vector<double> values) {  // at least one
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace quire
