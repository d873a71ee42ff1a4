// Rotary positions, half-split (architecture.md, section 9): for j < d/2, theta = position *
// base^(-2j/d), (v[j], v[j + d/2]) turns by theta. Cosines and sines in float32.
#pragma once

#include <cstddef>
#include <vector>

#include "op/rows.h"

namespace quire {

class Rope {
 public:
  Rope() = default;
  Rope(std::size_t head_size, double base);

  // Turns each row's heads, cols / head_size of them, by the row's position.
  void apply(Rows x, std::size_t first_position) const;

  // Every cosine and sine of positions below `count` is ready after this; apply() needs them.
  void prepare(std::size_t count);

 private:
  std::size_t half_ = 0;
  std::vector<float> frequencies_;      // (half)
  std::vector<float> cosines_, sines_;  // (positions, half)
};

}  // namespace quire
