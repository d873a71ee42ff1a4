#include "infer/encode_views.h"

#include <utility>
#include <vector>

namespace quire {
namespace {

Status check_view(const Model& model, const Image& view) {
  if (view.width != view.height) return invalid("a view is not square");
  return model.check_side(static_cast<std::size_t>(view.width));
}

}  // namespace

Result<Tensor> encode_views(const Model& model, const Views& views, const EncodeView& encode) {
  QUIRE_TRY(check_view(model, views.global));
  for (const Image& tile : views.tiles) QUIRE_TRY(check_view(model, tile));

  const Result<Tensor> global = encode(views.global, 0);
  QUIRE_TRY(global);
  if (views.tiles.empty()) return model.assemble(*global);
  std::vector<Tensor> tiles;
  for (const Image& view : views.tiles) {
    Result<Tensor> tile = encode(view, tiles.size() + 1);
    QUIRE_TRY(tile);
    tiles.push_back(*std::move(tile));
  }
  return model.assemble(*global, {tiles, static_cast<std::size_t>(views.grid.columns),
                                  static_cast<std::size_t>(views.grid.rows)});
}

}  // namespace quire
