#include "image/tile.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "image/resize.h"

namespace quire {
namespace {

Image crop(const Image& image, int left, int top, int side) {
  Image out(side, side);
  for (int y = 0; y < side; ++y) {
    std::copy_n(image.row(top + y) + 3 * static_cast<std::size_t>(left), 3 * side, out.row(y));
  }
  return out;
}

}  // namespace

TileGrid choose_grid(int width, int height, int tile_side, int max_tiles) {
  TileGrid best;
  if (width <= tile_side && height <= tile_side) return best;
  // In double precision, so that ties between grids are ties.
  const double aspect = static_cast<double>(width) / height;
  const double area = static_cast<double>(width) * height;
  const double tile_area = static_cast<double>(tile_side) * tile_side;
  double best_difference = std::numeric_limits<double>::infinity();
  for (int tiles = 2; tiles <= max_tiles; ++tiles) {
    for (int columns = 1; columns <= tiles; ++columns) {
      if (tiles % columns != 0) continue;
      const TileGrid grid = {columns, tiles / columns};
      const double difference = std::fabs(aspect - static_cast<double>(grid.columns) / grid.rows);
      const bool tie_won = difference == best_difference && area > 0.5 * tile_area * tiles;
      if (difference < best_difference || tie_won) best = grid, best_difference = difference;
    }
  }
  return best;
}

std::vector<Image> cut_tiles(const Image& image, TileGrid grid, int tile_side) {
  std::vector<Image> tiles;
  if (grid.tiles() == 0) return tiles;
  const Image large = resize_bicubic(image, grid.columns * tile_side, grid.rows * tile_side);
  for (int row = 0; row < grid.rows; ++row) {
    for (int column = 0; column < grid.columns; ++column) {
      tiles.push_back(crop(large, column * tile_side, row * tile_side, tile_side));
    }
  }
  return tiles;
}

}  // namespace quire
