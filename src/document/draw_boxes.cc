#include "document/draw_boxes.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace quire {
namespace {

using Colour = std::array<std::uint8_t, 3>;

// Colours that people who see few colours can tell apart (Okabe and Ito 2008), dark ones first.
constexpr Colour kColours[] = {{0x00, 0x72, 0xb2}, {0xd5, 0x5e, 0x00}, {0x00, 0x9e, 0x73},
                               {0xcc, 0x79, 0xa7}, {0xe6, 0x9f, 0x00}, {0x56, 0xb4, 0xe9}};
constexpr Colour kWhite = {255, 255, 255};

// A label keeps its colour from page to page.
Colour colour_of(std::string_view label) {
  std::uint32_t sum = 0;
  for (const char c : label) sum = sum * 31 + static_cast<std::uint8_t>(c);
  return kColours[sum % std::size(kColours)];
}

void fill(Image& image, int left, int top, int right, int bottom, const Colour& colour) {
  left = std::max(left, 0);
  right = std::min(right, image.width);
  for (int y = std::max(top, 0); y < std::min(bottom, image.height); ++y) {
    for (int x = left; x < right; ++x)
      std::copy(colour.begin(), colour.end(), image.row(y) + 3 * x);
  }
}

// Digits of 3 x 5 dots, a row in three bits, so that a number needs no font.
constexpr std::uint16_t kDigits[] = {
    0b111101101101111, 0b010110010010111, 0b111001111100111, 0b111001111001111, 0b101101111001001,
    0b111100111001111, 0b111100111101111, 0b111001001001001, 0b111101111101111, 0b111101111001111};

void write_number(Image& image, int left, int top, int dot, std::size_t number,
                  const Colour& colour) {
  const std::string digits = std::to_string(number);
  const int width = (4 * static_cast<int>(digits.size()) + 1) * dot;
  fill(image, left, top, left + width, top + 7 * dot, colour);
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const std::uint16_t dots = kDigits[digits[i] - '0'];
    for (int bit = 0; bit < 15; ++bit) {
      if ((dots >> (14 - bit) & 1) == 0) continue;
      const int x = left + (1 + 4 * static_cast<int>(i) + bit % 3) * dot;
      const int y = top + (1 + bit / 3) * dot;
      fill(image, x, y, x + dot, y + dot, kWhite);
    }
  }
}

}  // namespace

Image draw_boxes(Image picture, std::span<const Block> blocks) {
  const int line = std::max(2, std::min(picture.width, picture.height) / 400);
  std::size_t number = 0;
  for (const Block& block : blocks) {
    const Colour colour = colour_of(block.label);
    for (const PixelBox& box : block.boxes) {
      fill(picture, box.left, box.top, box.right, box.top + line, colour);
      fill(picture, box.left, box.bottom - line, box.right, box.bottom, colour);
      fill(picture, box.left, box.top, box.left + line, box.bottom, colour);
      fill(picture, box.right - line, box.top, box.right, box.bottom, colour);
      write_number(picture, box.left, box.top, line + 1, ++number, colour);
    }
  }
  return picture;
}

}  // namespace quire
