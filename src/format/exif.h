// The one EXIF field that matters here: the orientation (tag 0x0112) in the first directory.
#pragma once

#include <cstdint>
#include <span>

namespace quire {

// `exif` is the TIFF structure that a JPEG APP1 segment, a PNG eXIf chunk or a WebP EXIF chunk
// holds, with or without "Exif\0\0" in front. Returns 1..8; 1 when there is no orientation or the
// data is damaged, since a picture that is only perhaps turned is best left alone.
int exif_orientation(std::span<const std::uint8_t> exif);

}  // namespace quire
