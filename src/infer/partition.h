// The sum over a row of scores from which the probability of any id follows: softmax without the
// division, which only the chosen id needs.
#pragma once

#include <cmath>
#include <vector>

#include "op/rows.h"

namespace quire {

struct Partition {
  float top = -INFINITY;  // the best score
  double sum = 0;         // of e^(score - top); not above 0 when a score is no number

  float probability(float score) const { return static_cast<float>(std::exp(score - top) / sum); }
};

// One for each row. Rows of a large vocabulary are cut into pieces of fixed length and shared out
// over the threads, so the sums do not depend on how many there are.
std::vector<Partition> partitions(ConstRows scores);

}  // namespace quire
