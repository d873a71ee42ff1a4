#include "image/orientation.h"

#include <algorithm>
#include <utility>

namespace quire {
namespace {

// All eight are a choice of three: swap the axes, read columns backwards, read rows backwards.
struct Turn {
  bool swap, flip_x, flip_y;  // the flips are of the source
};
constexpr Turn kTurns[] = {
    {false, false, false}, {false, true, false}, {false, true, true}, {false, false, true},
    {true, false, false},  {true, false, true},  {true, true, true},  {true, true, false},
};

}  // namespace

Image apply_orientation(Image image, int orientation) {
  if (orientation <= 1 || orientation > 8) return image;
  const Turn turn = kTurns[orientation - 1];
  Image out = turn.swap ? Image(image.height, image.width) : Image(image.width, image.height);
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width; ++x) {
      int from_x = turn.swap ? y : x, from_y = turn.swap ? x : y;
      if (turn.flip_x) from_x = image.width - 1 - from_x;
      if (turn.flip_y) from_y = image.height - 1 - from_y;
      std::copy_n(image.row(from_y) + 3 * from_x, 3, out.row(y) + 3 * x);
    }
  }
  return out;
}

}  // namespace quire
