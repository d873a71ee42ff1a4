#include "infer/encode_views.h"

#include <vector>

#include "image/normalise.h"

namespace quire {
namespace {

Status check_view(const Model& model, const Image& view) {
  if (view.width != view.height) return invalid("a view is not square");
  return model.check_side(static_cast<std::size_t>(view.width));
}

}  // namespace

Result<Tensor> encode_views(const Model& model, const Views& views, const ViewTaps& taps) {
  QUIRE_TRY(check_view(model, views.global));
  for (const Image& tile : views.tiles) QUIRE_TRY(check_view(model, tile));

  const auto encode = [&](const Image& view, std::size_t index) {
    const Tap tap = taps ? taps(index) : Tap{};
    const Tensor pixels = normalise(view);  // (3, side, side)
    if (tap) tap("pixels", pixels.shape, pixels.data());
    return model.encode(pixels, tap);
  };
  const Tensor global = encode(views.global, 0);
  if (views.tiles.empty()) return model.assemble(global);
  std::vector<Tensor> tiles;
  for (const Image& tile : views.tiles) tiles.push_back(encode(tile, tiles.size() + 1));
  return model.assemble(global, {tiles, static_cast<std::size_t>(views.grid.columns),
                                 static_cast<std::size_t>(views.grid.rows)});
}

}  // namespace quire
