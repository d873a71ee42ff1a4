#include "format/image_file.h"

#include <string_view>

#include "base/bytes.h"
#include "base/file.h"
#include "format/jpeg.h"
#include "format/png.h"
#include "format/tiff.h"
#include "format/webp.h"

namespace quire {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kMaxFile = std::size_t{1} << 30;

struct Magic {
  std::string_view start;  // the first bytes
  std::size_t offset;      // and, from here on,
  std::string_view then;   // these
  std::string_view kind;
  Result<DecodedImage> (*decode)(std::span<const std::uint8_t>, const DecodeLimits&);
};

constexpr Magic kMagics[] = {
    {"\x89PNG\r\n\x1a\n"sv, 0, ""sv, "PNG"sv, decode_png},
    {"\xff\xd8\xff"sv, 0, ""sv, "JPEG"sv, decode_jpeg},
    {"RIFF"sv, 8, "WEBP"sv, "WebP"sv, decode_webp},
    {"II*\0"sv, 0, ""sv, "TIFF"sv, decode_tiff},
    {"MM\0*"sv, 0, ""sv, "TIFF"sv, decode_tiff},
    {"II+\0"sv, 0, ""sv, "TIFF"sv, decode_tiff},  // BigTIFF
    {"MM\0+"sv, 0, ""sv, "TIFF"sv, decode_tiff},
};

const Magic* find_magic(std::span<const std::uint8_t> bytes) {
  const std::string_view text = as_text(bytes);
  for (const Magic& magic : kMagics) {
    if (!text.starts_with(magic.start)) continue;
    if (text.substr(std::min(magic.offset, text.size())).starts_with(magic.then)) return &magic;
  }
  return nullptr;
}

}  // namespace

std::string_view picture_kind(std::span<const std::uint8_t> bytes) {
  const Magic* magic = find_magic(bytes);
  return magic == nullptr ? std::string_view() : magic->kind;
}

Result<DecodedImage> decode_image(std::span<const std::uint8_t> bytes, const DecodeLimits& limits) {
  if (bytes.empty()) return invalid("the file is empty");
  const Magic* magic = find_magic(bytes);
  if (magic != nullptr) return magic->decode(bytes, limits);
  return unsupported("this is not a picture that Quire reads (PNG, JPEG, WebP, TIFF)");
}

Result<DecodedImage> read_image(const std::string& path, const DecodeLimits& limits) {
  const Result<std::string> bytes = read_file(path, kMaxFile);
  if (!bytes) return bytes.status();
  Result<DecodedImage> image = decode_image(as_bytes(*bytes), limits);
  if (!image) return image.status().at(path);
  return image;
}

}  // namespace quire
