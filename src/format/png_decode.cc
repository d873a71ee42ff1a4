// libpng reports errors by longjmp. So that no destructor is jumped over, each step that calls it
// is a function whose own variables are trivial, and everything that owns memory lives in the
// caller.
#include <png.h>

#include <csetjmp>
#include <cstring>
#include <vector>

#include "format/exif.h"
#include "format/png.h"

namespace quire {
namespace {

constexpr std::size_t kSizeOffset = 16;             // of width and height, both big-endian
constexpr png_alloc_size_t kMaxChunk = 16'000'000;  // colour profile, text and EXIF chunks
constexpr png_uint_32 kMaxChunks = 1'000;

struct Session {
  explicit Session(std::span<const std::uint8_t> b) : bytes(b) {}
  ~Session() { png_destroy_read_struct(&png, &info, nullptr); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  std::span<const std::uint8_t> bytes;
  bool cut_short = false;
  png_structp png = nullptr;
  png_infop info = nullptr;
};

void read_bytes(png_structp png, png_bytep out, png_size_t size) {
  auto& session = *static_cast<Session*>(png_get_io_ptr(png));
  if (size > session.bytes.size()) {
    session.cut_short = true;
    png_error(png, "");
  }
  std::memcpy(out, session.bytes.data(), size);
  session.bytes = session.bytes.subspan(size);
}

void on_error(png_structp png, png_const_charp) { png_longjmp(png, 1); }
void on_warning(png_structp, png_const_charp) {}

// Reads up to the pixels and asks for 8-bit RGB.
bool read_header(Session& session) {
  if (setjmp(png_jmpbuf(session.png)) != 0) return false;
  png_set_read_fn(session.png, &session, read_bytes);
  png_set_chunk_malloc_max(session.png, kMaxChunk);
  png_set_chunk_cache_max(session.png, kMaxChunks);
  png_read_info(session.png, session.info);
  png_set_expand(session.png);  // palette to RGB, 1, 2 and 4 bits to 8
  png_set_strip_16(session.png);
  png_set_strip_alpha(session.png);
  png_set_gray_to_rgb(session.png);
  png_set_interlace_handling(session.png);
  png_read_update_info(session.png, session.info);
  return true;
}

bool read_rows(Session& session, png_bytepp rows) {
  if (setjmp(png_jmpbuf(session.png)) != 0) return false;
  png_read_image(session.png, rows);
  png_read_end(session.png, session.info);
  return true;
}

int orientation(const Session& session) {
  png_uint_32 size = 0;
  png_bytep exif = nullptr;
  if (png_get_eXIf_1(session.png, session.info, &size, &exif) == 0) return 1;
  return exif_orientation({exif, size});
}

Status damaged(const Session& session) {
  return invalid(session.cut_short ? "the PNG is cut short" : "the PNG is damaged");
}

}  // namespace

Result<DecodedImage> decode_png(std::span<const std::uint8_t> bytes, const DecodeLimits& limits) {
  if (bytes.size() < kSizeOffset + 8) return invalid("the PNG is cut short");
  const png_uint_32 width = png_get_uint_32(bytes.data() + kSizeOffset);
  const png_uint_32 height = png_get_uint_32(bytes.data() + kSizeOffset + 4);
  QUIRE_TRY(check_image_size(width, height, limits));

  Session session(bytes);
  session.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, on_error, on_warning);
  if (session.png != nullptr) session.info = png_create_info_struct(session.png);
  if (session.info == nullptr) return internal("no memory for a PNG decoder");
  if (!read_header(session)) return damaged(session);
  if (png_get_image_width(session.png, session.info) != width ||
      png_get_image_height(session.png, session.info) != height ||
      png_get_rowbytes(session.png, session.info) != std::size_t{width} * 3) {
    return damaged(session);  // the header chunk was not the first
  }

  DecodedImage decoded;
  decoded.format = "PNG";
  decoded.image = Image(static_cast<int>(width), static_cast<int>(height));
  std::vector<png_bytep> rows(height);
  for (png_uint_32 y = 0; y < height; ++y) rows[y] = decoded.image.row(static_cast<int>(y));
  if (!read_rows(session, rows.data())) return damaged(session);
  decoded.exif_orientation = orientation(session);
  return decoded;
}

}  // namespace quire
