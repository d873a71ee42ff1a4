// Turning a picture upright.
#pragma once

#include "format/image.h"

namespace quire {

// `orientation` is the EXIF value (tag 0x0112), as DecodedImage has it: 2 mirrored left-right,
// 3 upside down, 4 mirrored top-bottom, 5 transposed, 6 to be turned 90 degrees clockwise,
// 7 transversed, 8 to be turned counter-clockwise. Any other value leaves the picture as it is.
Image apply_orientation(Image image, int orientation);

}  // namespace quire
