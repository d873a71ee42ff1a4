// The middle of measurements and how far they lie from it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace quire {

// The middle one of an odd number of values, the upper middle one of an even number.
inline double median(std::vector<double> values) {  // at least one
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// Half the distance between the quartiles, as a share of the median: the noise of the measurements.
inline double noise_of(std::vector<double> values) {  // at least one
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return (values[3 * n / 4] - values[n / 4]) / 2 / values[n / 2];
}

}  // namespace quire
