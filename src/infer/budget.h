// The mode for a page, under a budget of vision tokens.
#pragma once

#include <cstddef>
#include <span>

#include "infer/modes.h"

namespace quire {

// How large a page's pixels are when the model sees them: 1 as they are, 0.5 when two become one.
// Of a cut page, in its tiles. Never above 1: pixels that are made up show nothing.
double seen_scale(const Mode& mode, int width, int height, int max_tiles = kMaxTiles);

// Of the modes that spend at most `budget` vision tokens on a page of this size, the one that
// shrinks it least, and of those that shrink it equally the one with the fewest tokens. Error:
// kLimit, when no mode is that cheap, naming the cheapest.
Result<Mode> mode_for_budget(std::size_t budget, int width, int height, int max_tiles = kMaxTiles,
                             std::span<const Mode> modes = kModes);

}  // namespace quire
