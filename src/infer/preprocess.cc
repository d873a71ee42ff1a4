#include "infer/preprocess.h"

#include "image/pad.h"
#include "image/resize.h"

namespace quire {

Result<Views> make_views(const Image& picture, const Mode& mode, int max_tiles) {
  const auto pixels =
      static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height);
  if (picture.width <= 0 || picture.height <= 0 || picture.rgb.size() != 3 * pixels) {
    return invalid("the picture has no pixels");
  }
  Views views;
  views.grid = mode.grid(picture.width, picture.height, max_tiles);
  views.tiles = cut_tiles(picture, views.grid, mode.tile_side);
  views.global = mode.stretches() ? resize_bicubic(picture, mode.view_side, mode.view_side)
                                  : pad_to_square(picture, mode.view_side);
  return views;
}

}  // namespace quire
