#include "format/tiff.h"

#include <tiffio.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace quire {
namespace {

constexpr std::uint32_t kMaxTiffDirectories = 20'000;  // libtiff counts to 65,535

// A file in memory, as libtiff's callbacks see it.
struct Source {
  std::span<const std::uint8_t> bytes;
  std::uint64_t at = 0;
};

tmsize_t read_bytes(thandle_t handle, void* out, tmsize_t size) {
  auto& source = *static_cast<Source*>(handle);
  if (size <= 0 || source.at >= source.bytes.size()) return 0;
  const auto n =
      std::min<std::uint64_t>(static_cast<std::uint64_t>(size), source.bytes.size() - source.at);
  std::memcpy(out, source.bytes.data() + source.at, n);
  source.at += n;
  return static_cast<tmsize_t>(n);
}

tmsize_t write_bytes(thandle_t, void*, tmsize_t) { return 0; }

toff_t seek(thandle_t handle, toff_t offset, int whence) {
  auto& source = *static_cast<Source*>(handle);
  const std::uint64_t from = whence == SEEK_CUR   ? source.at
                             : whence == SEEK_END ? source.bytes.size()
                                                  : 0;
  source.at = from + offset;  // wraps as libtiff's own does; reading past the end gives nothing
  return source.at;
}

toff_t size_of(thandle_t handle) { return static_cast<Source*>(handle)->bytes.size(); }
int close_nothing(thandle_t) { return 0; }
int on_message(TIFF*, void*, const char*, const char*, va_list) { return 1; }

struct Close {
  void operator()(TIFF* tiff) const { TIFFClose(tiff); }
};
struct FreeOptions {
  void operator()(TIFFOpenOptions* options) const { TIFFOpenOptionsFree(options); }
};
using Tiff = std::unique_ptr<TIFF, Close>;

Tiff open(Source& source, std::uint64_t max_memory) {
  const std::unique_ptr<TIFFOpenOptions, FreeOptions> options(TIFFOpenOptionsAlloc());
  if (options == nullptr) return nullptr;
  TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), static_cast<tmsize_t>(max_memory));
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), on_message, nullptr);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), on_message, nullptr);
  return Tiff(TIFFClientOpenExt("", "rm", &source, read_bytes, write_bytes, seek, close_nothing,
                                size_of, nullptr, nullptr, options.get()));
}

// libtiff multiplies colours by an alpha that the file says they are not multiplied by. The pixels
// are wanted as they are, so we tell it that this has been done already.
void leave_alpha_alone(TIFF* tiff) {
  std::uint16_t count = 0;
  std::uint16_t* kinds = nullptr;
  if (TIFFGetField(tiff, TIFFTAG_EXTRASAMPLES, &count, &kinds) == 0 || count == 0) return;
  if (kinds[0] != EXTRASAMPLE_UNASSALPHA) return;
  std::uint16_t kind = EXTRASAMPLE_ASSOCALPHA;
  if (count == 1) TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, 1, &kind);
}

bool decode(TIFF* tiff, Image& image, int& orientation) {
  TIFFRGBAImage reader;
  char message[1024];
  if (TIFFRGBAImageBegin(&reader, tiff, 1, message) == 0) return false;
  orientation = reader.orientation >= 1 && reader.orientation <= 8 ? reader.orientation : 1;
  reader.req_orientation = reader.orientation;  // rows and columns as they are stored
  std::vector<std::uint32_t> raster(image.rgb.size() / 3);
  const bool good =
      TIFFRGBAImageGet(&reader, raster.data(), static_cast<std::uint32_t>(image.width),
                       static_cast<std::uint32_t>(image.height)) != 0;
  TIFFRGBAImageEnd(&reader);
  for (std::size_t i = 0; good && i < raster.size(); ++i) {
    image.rgb[3 * i] = static_cast<std::uint8_t>(TIFFGetR(raster[i]));
    image.rgb[3 * i + 1] = static_cast<std::uint8_t>(TIFFGetG(raster[i]));
    image.rgb[3 * i + 2] = static_cast<std::uint8_t>(TIFFGetB(raster[i]));
  }
  return good;
}

// A smaller copy of a page, or its mask.
bool is_page(TIFF* tiff) {
  std::uint32_t kind = 0;
  if (TIFFGetField(tiff, TIFFTAG_SUBFILETYPE, &kind) == 0) return true;
  return (kind & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK)) == 0;
}

Status damaged() { return invalid("the TIFF is cut short or damaged"); }

// The directory the file stands at.
Result<DecodedImage> decode_directory(TIFF* tiff, const DecodeLimits& limits) {
  std::uint32_t width = 0, height = 0;
  if (TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width) == 0 ||
      TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height) == 0) {
    return invalid("the TIFF does not say how large its picture is");
  }
  QUIRE_TRY(check_image_size(width, height, limits));
  char message[1024];
  if (TIFFRGBAImageOK(tiff, message) == 0) {
    return unsupported("the TIFF holds samples of a kind that Quire does not read");
  }
  leave_alpha_alone(tiff);
  DecodedImage decoded;
  decoded.format = "TIFF";
  decoded.image = Image(static_cast<int>(width), static_cast<int>(height));
  if (!decode(tiff, decoded.image, decoded.exif_orientation)) return damaged();
  return decoded;
}

std::uint64_t memory(const DecodeLimits& limits) {
  return std::max<std::uint64_t>(limits.max_pixels * 8, 1 << 20);
}

}  // namespace

Result<DecodedImage> decode_tiff(std::span<const std::uint8_t> bytes, const DecodeLimits& limits) {
  Source source{bytes};
  const Tiff tiff = open(source, memory(limits));
  if (tiff == nullptr) return damaged();
  return decode_directory(tiff.get(), limits);
}

Result<std::vector<std::uint32_t>> tiff_pages(std::span<const std::uint8_t> bytes) {
  Source source{bytes};
  const Tiff tiff = open(source, memory({}));
  if (tiff == nullptr) return damaged();
  std::vector<std::uint32_t> pages;
  std::uint32_t directory = 0;
  do {
    if (directory == kMaxTiffDirectories) {
      return over_limit("the TIFF has more than " + std::to_string(kMaxTiffDirectories) +
                        " pictures");
    }
    if (is_page(tiff.get())) pages.push_back(directory);
    ++directory;
    if (TIFFLastDirectory(tiff.get()) != 0) return pages;
  } while (TIFFReadDirectory(tiff.get()) != 0);
  pages.push_back(directory);  // announced, and not to be read
  return pages;
}

Result<DecodedImage> decode_tiff_page(std::span<const std::uint8_t> bytes, std::uint32_t directory,
                                      const DecodeLimits& limits) {
  Source source{bytes};
  const Tiff tiff = open(source, memory(limits));
  if (tiff == nullptr || TIFFSetDirectory(tiff.get(), static_cast<tdir_t>(directory)) == 0) {
    return damaged();
  }
  return decode_directory(tiff.get(), limits);
}

}  // namespace quire
