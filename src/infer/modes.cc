#include "infer/modes.h"

#include <algorithm>

namespace quire {
namespace {

std::size_t square(int side) {
  return static_cast<std::size_t>(side) * static_cast<std::size_t>(side);
}

}  // namespace

TileGrid Mode::grid(int width, int height, int max_tiles) const {
  return tile_side == 0 ? TileGrid() : choose_grid(width, height, tile_side, max_tiles);
}

std::size_t Mode::vision_tokens(int width, int height, int max_tiles) const {
  const auto tiles = static_cast<std::size_t>(grid(width, height, max_tiles).tiles());
  return square(side_tokens(view_side)) + tiles * square(side_tokens(tile_side));
}

std::size_t Mode::sequence_tokens(int width, int height, int max_tiles) const {
  const TileGrid cut = grid(width, height, max_tiles);
  const int view = side_tokens(view_side), tile = side_tokens(tile_side);
  const int tile_rows = cut.tiles() > 0 ? tile * cut.rows : 0;
  const int newlines = view + tile_rows;
  return vision_tokens(width, height, max_tiles) + static_cast<std::size_t>(newlines) + 1;
}

std::size_t Mode::valid_tokens(int width, int height, int max_tiles) const {
  const double longer = std::max(width, height), shorter = std::min(width, height);
  const double filled = stretches() ? 1 : 1 - (longer - shorter) / longer;
  const auto tiles = static_cast<std::size_t>(grid(width, height, max_tiles).tiles());
  const auto view = static_cast<double>(square(side_tokens(view_side)));
  return static_cast<std::size_t>(view * filled) + tiles * square(side_tokens(tile_side));
}

Result<Mode> find_mode(std::string_view name) {
  std::string names;
  for (const Mode& mode : kModes) {
    if (mode.name == name) return mode;
    names.append(names.empty() ? "" : ", ").append(mode.name);
  }
  return not_found("there is no mode '" + std::string(name) + "'; the modes are " + names);
}

Result<Mode> mode_from_sizes(int base_size, int image_size, bool crop) {
  const Mode wanted = {"custom", crop ? base_size : image_size, crop ? image_size : 0};
  const auto possible = [](int side) { return side >= 64 && side <= 4096 && side % 16 == 0; };
  if (!possible(wanted.view_side) || (crop && !possible(wanted.tile_side))) {
    return unsupported("views of " + std::to_string(base_size) + " and " +
                       std::to_string(image_size) +
                       " pixels: sides must be multiples of 16 from 64 to 4096");
  }
  for (const Mode& mode : kModes) {
    if (mode.view_side == wanted.view_side && mode.tile_side == wanted.tile_side) return mode;
  }
  return wanted;
}

}  // namespace quire
