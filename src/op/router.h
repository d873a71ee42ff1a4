// The choice of experts: softmax over all, then the largest (architecture.md, section 9).
#pragma once

#include <cstdint>
#include <vector>

#include "op/rows.h"

namespace quire {

struct RouterOptions {
  std::size_t top_k = 1;
  bool normalize = false;  // divide the chosen weights by their sum + 1e-20
  float scale = 1.0f;      // multiplies the weights
};

// (rows, top_k) each, by falling weight; of equal weights the lower expert first.
struct Routing {
  std::size_t top_k = 0;
  std::vector<std::int32_t> experts;
  std::vector<float> weights;
};

// logits (rows, experts) become probabilities in place.
void route(Rows logits, const RouterOptions& options, Routing& routing);

}  // namespace quire
