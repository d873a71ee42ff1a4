#include "infer/budget.h"

#include <algorithm>
#include <optional>
#include <string>

namespace quire {

double seen_scale(const Mode& mode, int width, int height, int max_tiles) {
  const TileGrid grid = mode.grid(width, height, max_tiles);
  double across = mode.view_side, down = mode.view_side;
  if (grid.tiles() > 0) {
    across = std::max(across, static_cast<double>(grid.columns * mode.tile_side));
    down = std::max(down, static_cast<double>(grid.rows * mode.tile_side));
  }
  return std::min({1.0, across / width, down / height});
}

Result<Mode> mode_for_budget(std::size_t budget, int width, int height, int max_tiles,
                             std::span<const Mode> modes) {
  std::optional<Mode> best, cheapest;
  double best_scale = 0;
  const auto tokens = [&](const Mode& mode) {
    return mode.vision_tokens(width, height, max_tiles);
  };
  for (const Mode& mode : modes) {
    if (!cheapest || tokens(mode) < tokens(*cheapest)) cheapest = mode;
    if (tokens(mode) > budget) continue;
    const double scale = seen_scale(mode, width, height, max_tiles);
    if (best && (scale < best_scale || (scale == best_scale && tokens(mode) >= tokens(*best)))) {
      continue;
    }
    best = mode;
    best_scale = scale;
  }
  if (best) return *best;
  if (!cheapest) return not_found("there is no mode to choose from");
  return over_limit("a page costs at least " + std::to_string(tokens(*cheapest)) +
                    " vision tokens (mode " + std::string(cheapest->name) + "); the budget is " +
                    std::to_string(budget));
}

}  // namespace quire
