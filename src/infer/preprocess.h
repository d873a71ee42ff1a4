// A picture to the views that the encoder takes (architecture.md, section 4.2), exact to the byte.
#pragma once

#include <vector>

#include "base/status.h"
#include "format/image.h"
#include "infer/modes.h"

namespace quire {

struct Views {
  TileGrid grid;             // 1 x 1 when there are no tiles
  std::vector<Image> tiles;  // row by row, squares of mode.tile_side; may be empty
  Image global;              // the whole picture, a square of mode.view_side
};

// The picture must be upright already (image/orientation.h). Error: kInvalid when it has no pixels
// or its bytes do not fit its size.
Result<Views> make_views(const Image& picture, const Mode& mode, int max_tiles = kMaxTiles);

}  // namespace quire
