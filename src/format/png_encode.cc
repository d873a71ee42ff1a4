// The same rule about longjmp as in png_decode.cc.
#include <png.h>
#include <zlib.h>

#include <csetjmp>
#include <vector>

#include "format/png.h"

namespace quire {
namespace {

struct Attempt {
  int level;
  int filters;
  int strategy;
};

// Small letters on white have few distinct rows and little smoothness: no filter often wins, and
// which one does is quicker tried than predicted.
constexpr Attempt kFast{1, PNG_FILTER_UP, Z_DEFAULT_STRATEGY};
constexpr Attempt kDefault{6, PNG_ALL_FILTERS, Z_DEFAULT_STRATEGY};
constexpr Attempt kSmallest[] = {
    {9, PNG_FILTER_NONE, Z_DEFAULT_STRATEGY}, {9, PNG_FILTER_SUB, Z_DEFAULT_STRATEGY},
    {9, PNG_FILTER_UP, Z_DEFAULT_STRATEGY},   {9, PNG_ALL_FILTERS, Z_DEFAULT_STRATEGY},
    {9, PNG_FILTER_NONE, Z_FILTERED},         {9, PNG_ALL_FILTERS, Z_FILTERED},
};

std::span<const Attempt> attempts(PngEffort effort) {
  switch (effort) {
    case PngEffort::kFast:
      return {&kFast, 1};
    case PngEffort::kDefault:
      return {&kDefault, 1};
    case PngEffort::kSmallest:
      return kSmallest;
  }
  return {&kDefault, 1};
}

struct Session {
  Session() = default;
  ~Session() { png_destroy_write_struct(&png, &info); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  std::string bytes;
  png_structp png = nullptr;
  png_infop info = nullptr;
};

void write_bytes(png_structp png, png_bytep bytes, png_size_t size) {
  auto& session = *static_cast<Session*>(png_get_io_ptr(png));
  session.bytes.append(reinterpret_cast<const char*>(bytes), size);
}

void flush(png_structp) {}
void on_error(png_structp png, png_const_charp) { png_longjmp(png, 1); }
void on_warning(png_structp, png_const_charp) {}

// Samples in rows: one byte per pixel, or three.
struct Samples {
  int width, height, channels;
  const std::uint8_t* data;
};

bool write_picture(Session& session, const Samples& samples, const Attempt& attempt) {
  if (setjmp(png_jmpbuf(session.png)) != 0) return false;
  png_set_write_fn(session.png, &session, write_bytes, flush);
  png_set_compression_level(session.png, attempt.level);
  png_set_compression_strategy(session.png, attempt.strategy);
  png_set_filter(session.png, PNG_FILTER_TYPE_BASE, attempt.filters);
  png_set_IHDR(session.png, session.info, static_cast<png_uint_32>(samples.width),
               static_cast<png_uint_32>(samples.height), 8,
               samples.channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(session.png, session.info);
  const std::size_t stride = static_cast<std::size_t>(samples.width) * samples.channels;
  for (int y = 0; y < samples.height; ++y) {
    png_write_row(session.png, samples.data + static_cast<std::size_t>(y) * stride);
  }
  png_write_end(session.png, session.info);
  return true;
}

// One byte per pixel when all three channels agree everywhere, else nothing.
std::vector<std::uint8_t> as_grey(const Image& image) {
  std::vector<std::uint8_t> grey(image.rgb.size() / 3);
  for (std::size_t i = 0; i < grey.size(); ++i) {
    const std::uint8_t* pixel = image.rgb.data() + 3 * i;
    if (pixel[0] != pixel[1] || pixel[0] != pixel[2]) return {};
    grey[i] = pixel[0];
  }
  return grey;
}

}  // namespace

Result<std::string> encode_png(const Image& image, PngEffort effort) {
  if (image.width < 1 || image.height < 1) return invalid("an empty picture cannot be a PNG");
  const std::vector<std::uint8_t> grey = as_grey(image);
  const Samples samples{image.width, image.height, grey.empty() ? 3 : 1,
                        grey.empty() ? image.rgb.data() : grey.data()};
  std::string best;
  for (const Attempt& attempt : attempts(effort)) {
    Session session;
    session.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, on_error, on_warning);
    if (session.png != nullptr) session.info = png_create_info_struct(session.png);
    if (session.info == nullptr) return internal("no memory for a PNG encoder");
    if (!write_picture(session, samples, attempt)) {
      return over_limit("a PNG cannot hold a picture of " + std::to_string(image.width) + " x " +
                        std::to_string(image.height) + " pixels");
    }
    if (best.empty() || session.bytes.size() < best.size()) best = std::move(session.bytes);
  }
  return best;
}

}  // namespace quire
