// Cutting a large picture into square tiles (architecture.md, sections 4.2 and 4.3).
#pragma once

#include <vector>

#include "format/image.h"

namespace quire {

// The tiles the official Hugging Face code allows. The vendor's vLLM script takes 6.
inline constexpr int kMaxTiles = 9;

struct TileGrid {
  int columns = 1, rows = 1;

  // A grid of 1 x 1 means that there are no tiles.
  int tiles() const { return columns * rows > 1 ? columns * rows : 0; }
  bool operator==(const TileGrid&) const = default;
};

// The grid of 2 to max_tiles tiles whose aspect is nearest to the picture's; of two equally near
// ones the larger if the picture fills more than half of it. 1 x 1 when the picture fits into one
// tile. Sides are at least 1.
TileGrid choose_grid(int width, int height, int tile_side, int max_tiles = kMaxTiles);

// Stretches the picture over the grid and cuts it, row by row: tile row * columns + column. Empty
// for a grid without tiles. The picture must not be empty.
std::vector<Image> cut_tiles(const Image& image, TileGrid grid, int tile_side);

}  // namespace quire
