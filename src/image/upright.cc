#include "image/upright.h"

#include <utility>

#include "format/image_file.h"
#include "image/orientation.h"

namespace quire {

Result<Image> read_upright(const std::string& path, const DecodeLimits& limits) {
  Result<DecodedImage> decoded = read_image(path, limits);
  QUIRE_TRY(decoded);
  return apply_orientation(std::move(decoded->image), decoded->exif_orientation);
}

}  // namespace quire
