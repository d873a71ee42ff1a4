// The modes: how large the views are that a picture is read in, and so how many vision tokens it
// costs (architecture.md, sections 4.2 and 6). One row each, and nowhere else a switch on modes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/status.h"
#include "image/tile.h"

namespace quire {

struct Mode {
  std::string_view name;
  int view_side = 0;  // pixels: the one view of the whole picture
  int tile_side = 0;  // pixels: the tiles of a large picture, 0 in modes that do not cut
  // The mode to look again in when the answer was no good: more pixels, or where there were many, a
  // shorter prompt. "": none.
  std::string_view second_look = {};

  // Small views take the whole picture stretched to a square; in the others it keeps its aspect
  // and gets grey bars.
  bool stretches() const { return tile_side == 0 && view_side <= 640; }

  // What a picture of this size is cut into; 1 x 1 when into nothing.
  TileGrid grid(int width, int height, int max_tiles = kMaxTiles) const;

  // The tokens that carry the picture: 64 for tiny. The "vision tokens" of the compression ratio.
  std::size_t vision_tokens(int width, int height, int max_tiles = kMaxTiles) const;

  // What the decoder sees: the vision tokens, a newline after each row and a separator at the end;
  // 73 for tiny. The number of <image> ids in the prompt.
  std::size_t sequence_tokens(int width, int height, int max_tiles = kMaxTiles) const;

  // The vision tokens that are not grey bars: a statistic of the paper, not used in reading.
  std::size_t valid_tokens(int width, int height, int max_tiles = kMaxTiles) const;
};

inline constexpr Mode kModes[] = {
    {"tiny", 512, 0, "small"},  {"small", 640, 0, "base"},     {"base", 1024, 0, "gundam"},
    {"large", 1280, 0, "base"}, {"gundam", 1024, 640, "base"}, {"gundam-m", 1280, 1024, "large"},
};

// Error: kNotFound, naming the modes there are.
Result<Mode> find_mode(std::string_view name);

// The same in the official code's three numbers. A combination that is none of the six is named
// "custom"; sides must be multiples of 16 from 64 to 4096.
Result<Mode> mode_from_sizes(int base_size, int image_size, bool crop);

// Tokens along one side of a view: patches of 16 pixels, four to a token; 8 for 512 pixels.
constexpr int side_tokens(int view_side) { return (view_side / 16 + 3) / 4; }

}  // namespace quire
