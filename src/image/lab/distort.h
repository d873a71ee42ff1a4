// What happens to a page on its way into a picture: cut, scaled, laid down askew, blurred, printed
// on dark paper, scanned with noise or in two levels.
#pragma once

#include <random>

#include "format/image.h"

namespace quire {

// Grey; at least 30 percent of each side is left, at 45 to 150 percent of the size.
Image distort(const Image& page, std::mt19937& random);

}  // namespace quire
