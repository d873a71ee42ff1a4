#include "memory/squeeze.h"

#include <algorithm>
#include <cmath>

namespace quire {
namespace {

// Height of a face's letters over the width of their cells: the typesetter stretches a face of
// natural proportions (1.93) by a quarter at most, and spreads lines that are higher.
constexpr double kTallestLetters = 1.25 * 1.93;

int cell_width(const PageLayout& layout) { return layout.side / layout.columns; }

// The part of a row that letters stand on, in pixels; the rest, half above and half below, is
// space.
struct Band {
  explicit Band(const PageLayout& layout)
      : row(static_cast<double>(layout.side) / layout.rows()),
        height(std::min(row, kTallestLetters * cell_width(layout))),
        top((row - height) / 2) {}
  double row, height, top;
};

Status check(const std::vector<Image>& pages, const PageLayout& from, const PageLayout& to,
             std::size_t characters) {
  for (const PageLayout* layout : {&from, &to}) {
    if (layout->columns <= 0 || layout->rows_per_token <= 0 || layout->side % kTokenPixels != 0 ||
        layout->side <= 0 || layout->side % layout->columns != 0) {
      return invalid("only pages whose letters are whole pixels wide can be squeezed");
    }
  }
  if (cell_width(from) != cell_width(to) || to.rows_per_token < from.rows_per_token) {
    return invalid("squeezing makes letters lower; it does not change their width");
  }
  if (characters > pages.size() * static_cast<std::size_t>(from.capacity())) {
    return invalid("the pages do not hold " + std::to_string(characters) + " letters");
  }
  for (const Image& page : pages) {
    if (page.width != from.side || page.height != from.side) {
      return invalid("a page of " + std::to_string(page.width) + " x " +
                     std::to_string(page.height) + " pixels stands where one of " +
                     std::to_string(from.side) + " x " + std::to_string(from.side) + " should");
    }
  }
  return {};
}

// Rows of pixels from `begin` to `end`, fractions of them included.
template <typename Visit>  // (int row, double share of it)
void each_row(double begin, double end, int height, Visit visit) {
  for (int y = static_cast<int>(begin); y < std::min<double>(end, height); ++y) {
    const double share = std::min<double>(end, y + 1) - std::max<double>(begin, y);
    if (share > 1e-9) visit(y, share);
  }
}

// A page that is still being added up: grey levels, as shares of what fell on each pixel.
struct Sheet {
  explicit Sheet(int page_side)
      : side(page_side), grey(static_cast<std::size_t>(page_side) * page_side, 0.0f) {}
  int side;
  std::vector<float> grey;  // darkness, so that what nothing falls on stays paper

  Image picture() const {
    Image image(side, side);
    for (std::size_t i = 0; i < grey.size(); ++i) {
      const auto level =
          static_cast<std::uint8_t>(std::clamp(std::lround(255 - grey[i]), 0L, 255L));
      std::fill_n(image.rgb.begin() + static_cast<std::ptrdiff_t>(3 * i), 3, level);
    }
    return image;
  }
};

}  // namespace

Result<std::vector<Image>> squeeze(const std::vector<Image>& pages, const PageLayout& from,
                                   const PageLayout& to, std::size_t characters) {
  QUIRE_TRY(check(pages, from, to, characters));
  const int width = cell_width(from);
  const Band high(from), low(to);
  const double shrink = high.height / low.height;  // old pixels for each new one
  const auto from_capacity = static_cast<std::size_t>(from.capacity());
  const auto to_capacity = static_cast<std::size_t>(to.capacity());

  std::vector<Image> squeezed;
  for (std::size_t begin = 0; begin < characters; begin += to_capacity) {
    Sheet sheet(to.side);
    const std::size_t count = std::min(to_capacity, characters - begin);
    for (std::size_t i = 0; i < count; ++i) {
      const Image& page = pages[(begin + i) / from_capacity];
      const auto old_place = static_cast<int>((begin + i) % from_capacity);
      const auto new_place = static_cast<int>(i);
      const double old_top = old_place / from.columns * high.row + high.top;
      const double new_top = new_place / to.columns * low.row + low.top;
      const int old_left = old_place % from.columns * width;
      const int new_left = new_place % to.columns * width;
      each_row(new_top, new_top + low.height, to.side, [&](int y, double share) {
        // The part of the old cell that this part of a row of pixels covers.
        const double top = old_top + (std::max<double>(y, new_top) - new_top) * shrink;
        const double bottom = top + share * shrink;
        float* out = sheet.grey.data() + static_cast<std::size_t>(y) * to.side + new_left;
        each_row(top, bottom, from.side, [&](int old_y, double old_share) {
          const auto weight = static_cast<float>(share * old_share / (bottom - top));
          const std::uint8_t* in = page.row(old_y) + 3 * old_left;
          for (int x = 0; x < width; ++x) out[x] += weight * static_cast<float>(255 - in[3 * x]);
        });
      });
    }
    squeezed.push_back(sheet.picture());
  }
  return squeezed;
}

}  // namespace quire
