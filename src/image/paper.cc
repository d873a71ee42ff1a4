#include "image/paper.h"

#include <algorithm>
#include <array>
#include <map>

namespace quire {
namespace {

using Rgb = std::array<std::uint8_t, 3>;

Rgb edge_colour(const Image& image) {
  std::map<Rgb, int> counts;
  const auto count = [&](int x, int y) {
    const std::uint8_t* rgb = image.row(y) + 3 * x;
    ++counts[{rgb[0], rgb[1], rgb[2]}];
  };
  for (int x = 0; x < image.width; ++x) {
    count(x, 0);
    count(x, image.height - 1);
  }
  for (int y = 0; y < image.height; ++y) {
    count(0, y);
    count(image.width - 1, y);
  }
  const auto fewer = [](const auto& a, const auto& b) { return a.second < b.second; };
  return std::max_element(counts.begin(), counts.end(), fewer)->first;
}

}  // namespace

Image lay_on_sheet(Image image, int side) {
  if (image.rgb.empty() || (image.width >= side && image.height >= side)) return image;
  const Rgb colour = edge_colour(image);
  Image sheet(std::max(image.width, side), std::max(image.height, side));
  for (std::size_t i = 0; i < sheet.rgb.size(); ++i) sheet.rgb[i] = colour[i % 3];
  for (int y = 0; y < image.height; ++y) std::copy_n(image.row(y), 3 * image.width, sheet.row(y));
  return sheet;
}

}  // namespace quire
