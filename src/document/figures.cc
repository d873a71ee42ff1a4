#include "document/figures.h"

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "format/png.h"

namespace quire {

Image cut_out(const Image& picture, const PixelBox& box) {
  QUIRE_CHECK(box.left >= 0 && box.top >= 0 && box.width() > 0 && box.height() > 0);
  QUIRE_CHECK(box.right <= picture.width && box.bottom <= picture.height);
  Image cut(box.width(), box.height());
  for (int y = 0; y < cut.height; ++y) {
    std::copy_n(picture.row(box.top + y) + 3 * box.left, 3 * cut.width, cut.row(y));
  }
  return cut;
}

Result<std::vector<std::string>> save_figures(const DocumentPage& page, const Image& picture,
                                              const FigurePlace& place) {
  const std::string inside = place.name + "_figures";
  const std::filesystem::path beside = std::filesystem::path(place.folder) / inside;
  std::vector<std::string> links;
  for (const PixelBox& box : page.figures()) {
    if (box.width() <= 0 || box.height() <= 0) {
      links.emplace_back();
      continue;
    }
    const std::string file = place.prefix + std::to_string(links.size()) + ".png";
    std::error_code error;
    std::filesystem::create_directories(beside, error);
    if (error) return io_error(beside.string() + ": cannot be made: " + error.message());
    const Result<std::string> png = encode_png(cut_out(picture, box));
    QUIRE_TRY(png);
    QUIRE_TRY(write_file((beside / file).string(), *png, place.scratch));
    links.push_back(percent_encoded(inside + "/" + file));
  }
  return links;
}

std::string percent_encoded(std::string_view path) {
  constexpr std::string_view kHex = "0123456789ABCDEF", kPlain = "-._~/";
  std::string out;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
    if (letter || (byte >= '0' && byte <= '9') || kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out.append("%").append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
    }
  }
  return out;
}

}  // namespace quire
