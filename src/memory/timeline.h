// The memory as one picture (SVG): from what is almost gone at the left to what just happened at
// the right, the pages of every tier as they look, each paler and smaller than the next; below,
// what an entry costs by when it was; and what all of it costs beside its text and a budget.
#pragma once

#include <string>

#include "base/status.h"
#include "memory/context.h"
#include "memory/memory.h"

namespace quire {

struct TimelineOptions {
  Seconds now = 0;
  std::size_t budget = 0;  // 0: no line for one
  bool dark = false;       // for a dark page
};

Result<std::string> draw_timeline(const Memory& memory, const TimelineOptions& options,
                                  const CountTokens& count);

}  // namespace quire
