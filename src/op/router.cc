#include "op/router.h"

#include <algorithm>
#include <numeric>

#include "kernel/kernels.h"

namespace quire {

void route(Rows logits, const RouterOptions& options, Routing& routing) {
  QUIRE_CHECK(options.top_k >= 1 && options.top_k <= logits.cols);
  routing.top_k = options.top_k;
  routing.experts.resize(logits.rows * options.top_k);
  routing.weights.resize(logits.rows * options.top_k);
  std::vector<std::int32_t> order(logits.cols);
  for (std::size_t i = 0; i < logits.rows; ++i) {
    float* const p = logits.row(i);
    kernel::kernels().softmax(p, logits.cols);
    std::iota(order.begin(), order.end(), 0);
    std::partial_sort(
        order.begin(), order.begin() + static_cast<std::ptrdiff_t>(options.top_k), order.end(),
        [p](std::int32_t a, std::int32_t b) { return p[a] > p[b] || (p[a] == p[b] && a < b); });
    float sum = 0;
    for (std::size_t j = 0; j < options.top_k; ++j) sum += p[order[j]];
    const float factor = options.normalize ? options.scale / (sum + 1e-20f) : options.scale;
    for (std::size_t j = 0; j < options.top_k; ++j) {
      routing.experts[i * options.top_k + j] = order[j];
      routing.weights[i * options.top_k + j] = p[order[j]] * factor;
    }
  }
}

}  // namespace quire
