#include "infer/loop_detector.h"

#include <algorithm>

namespace quire {
namespace {

// How many ids at the end equal the one a period before them.
std::size_t repeated(std::span<const std::int32_t> ids, std::size_t period) {
  std::size_t run = 0;
  while (run + period < ids.size() &&
         ids[ids.size() - 1 - run] == ids[ids.size() - 1 - run - period]) {
    ++run;
  }
  return run;
}

}  // namespace

std::size_t loop_period(std::span<const std::int32_t> ids, const LoopRule& rule) {
  for (std::size_t period = 1; period <= std::min(rule.max_period, ids.size()); ++period) {
    const std::size_t needed = std::max(rule.min_tokens, rule.min_repeats * period);
    if (needed > ids.size()) break;  // longer periods need more
    if (repeated(ids, period) + period >= needed) return period;
  }
  return 0;
}

std::size_t loop_begin(std::span<const std::int32_t> ids, const LoopRule& rule) {
  const std::size_t period = loop_period(ids, rule);
  return period == 0 ? ids.size() : ids.size() - repeated(ids, period);
}

}  // namespace quire
