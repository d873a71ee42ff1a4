// A small cutting laid on a larger sheet.
#pragma once

#include "format/image.h"

namespace quire {

// Views enlarge what is smaller than they are: a line of 40 pixels would be shown with letters of
// half the view. On a sheet of this side its letters are at most twice their size in a view of
// 1024.
inline constexpr int kSheetSide = 512;

// The picture at the top left of a sheet whose sides are at least `side`, in the colour that is
// commonest along the picture's edge; positions on the picture stay what they are. A picture that
// is large enough, or has no pixels, comes back as it was.
Image lay_on_sheet(Image image, int side = kSheetSide);

}  // namespace quire
