// A picture file as a person would look at it: decoded, and turned as its EXIF orientation says.
#pragma once

#include <string>

#include "base/status.h"
#include "format/decoded_image.h"
#include "format/image.h"

namespace quire {

// "-" is standard input. Errors name the file.
Result<Image> read_upright(const std::string& path, const DecodeLimits& limits = {});

}  // namespace quire
