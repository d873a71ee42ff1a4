#include "format/jpeg.h"

#include <turbojpeg.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "format/exif.h"

namespace quire {
namespace {

constexpr std::string_view kExif("Exif\0\0", 6);

// What the segments in front of the first scan say.
struct Header {
  std::uint32_t width = 0, height = 0;
  int components = 0;
  std::span<const std::uint8_t> exif;
  std::span<const std::uint8_t> after_first_scan_header;
};

bool is_frame_marker(int marker) {  // SOF0..15 without the three codes that mean something else
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

Result<Header> read_header(std::span<const std::uint8_t> bytes) {
  Header header;
  std::size_t at = 2;  // past SOI
  while (true) {
    // Segments begin with one or more 0xff; decoders skip stray bytes in between.
    while (at < bytes.size() && bytes[at] != 0xff) ++at;
    while (at < bytes.size() && bytes[at] == 0xff) ++at;
    if (at + 3 > bytes.size()) return invalid("the JPEG is cut short");
    const int marker = bytes[at++];
    if (marker == 0 || marker == 1 || (marker >= 0xd0 && marker <= 0xd8)) continue;  // no payload
    if (marker == 0xd9) return invalid("the JPEG ends before its picture");
    const std::size_t length = static_cast<std::size_t>(bytes[at] << 8 | bytes[at + 1]);
    if (length < 2 || length > bytes.size() - at) return invalid("the JPEG is cut short");
    const auto payload = bytes.subspan(at + 2, length - 2);
    at += length;

    if (is_frame_marker(marker) && header.components == 0) {
      if (payload.size() < 6) return invalid("the JPEG is damaged");
      header.height = static_cast<std::uint32_t>(payload[1] << 8 | payload[2]);
      header.width = static_cast<std::uint32_t>(payload[3] << 8 | payload[4]);
      header.components = payload[5];
    } else if (marker == 0xe1 && header.exif.empty() && payload.size() > kExif.size() &&
               std::equal(kExif.begin(), kExif.end(), payload.begin())) {
      header.exif = payload;
    } else if (marker == 0xda) {
      if (header.components == 0) return invalid("the JPEG is damaged");
      header.after_first_scan_header = bytes.subspan(at);
      return header;
    }
  }
}

// In the compressed data 0xff is always followed by 0 or a restart number, so this is the real end.
bool has_end_marker(std::span<const std::uint8_t> scans) {
  constexpr std::uint8_t kEnd[] = {0xff, 0xd9};
  return std::search(scans.begin(), scans.end(), std::begin(kEnd), std::end(kEnd)) != scans.end();
}

struct CloseHandle {
  void operator()(void* handle) const { tjDestroy(handle); }
};

// False when there is no picture. Damage that the library can mend is only a warning to it.
bool decompress(std::span<const std::uint8_t> bytes, int width, int height, int format,
                std::uint8_t* out) {
  const std::unique_ptr<void, CloseHandle> handle(tjInitDecompress());
  if (handle == nullptr) return false;
  const int result = tjDecompress2(handle.get(), bytes.data(), bytes.size(), out, width, 0, height,
                                   format, TJFLAG_LIMITSCANS | TJFLAG_ACCURATEDCT);
  return result == 0 || tjGetErrorCode(handle.get()) == TJERR_WARNING;
}

// a * b / 255, rounded.
int scaled(int a, int b) {
  const int product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

// The stored values are inverted: c stands for 255 - cyan, k for 255 - black.
void cmyk_to_rgb(std::span<const std::uint8_t> cmyk, std::uint8_t* rgb) {
  for (; !cmyk.empty(); cmyk = cmyk.subspan(4), rgb += 3) {
    const int k = cmyk[3];
    for (int i = 0; i < 3; ++i) {
      rgb[i] = static_cast<std::uint8_t>(std::clamp(k - scaled(255 - cmyk[i], k), 0, 255));
    }
  }
}

}  // namespace

Result<DecodedImage> decode_jpeg(std::span<const std::uint8_t> bytes, const DecodeLimits& limits) {
  const Result<Header> header = read_header(bytes);
  if (!header) return header.status();
  QUIRE_TRY(check_image_size(header->width, header->height, limits));
  if (!has_end_marker(header->after_first_scan_header)) return invalid("the JPEG is cut short");

  const int width = static_cast<int>(header->width), height = static_cast<int>(header->height);
  DecodedImage decoded;
  decoded.format = "JPEG";
  decoded.exif_orientation = exif_orientation(header->exif);
  decoded.image = Image(width, height);
  bool good = false;
  if (header->components == 4) {
    std::vector<std::uint8_t> cmyk(decoded.image.rgb.size() / 3 * 4, 255);
    good = decompress(bytes, width, height, TJPF_CMYK, cmyk.data());
    if (good) cmyk_to_rgb(cmyk, decoded.image.rgb.data());
  } else {
    good = decompress(bytes, width, height, TJPF_RGB, decoded.image.rgb.data());
  }
  if (!good) return invalid("the JPEG is damaged or of a rare kind (lossless, 12-bit)");
  return decoded;
}

}  // namespace quire
