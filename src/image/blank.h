// Is there anything on a page? Models asked about an empty one have been known to answer with a
// page of literature.
#pragma once

#include "format/image.h"

namespace quire {

// Whether all pixels are near one shade, up to the noise of a scanner. One dot of print is enough
// to make a page not blank; the picture of no pixels is.
bool is_blank(const Image& image);

}  // namespace quire
