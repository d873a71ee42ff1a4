#include "document/split_page.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "base/status.h"

namespace quire {
namespace {

// Levels that ink is darker than paper. Paper is the commonest level of the page.
constexpr int kInkLevels = 48;
// A part is at least this share of what is cut, so that no splinters come off.
constexpr double kNearMiddle = 0.25;

class Cutter {
 public:
  Cutter(const Image& page, const SplitLimits& limits)
      : page_(page), limits_(limits), ink_(paper_level(page) - kInkLevels) {}

  std::vector<PixelBox> cut() {
    split({0, 0, page_.width, page_.height}, limits_.slack * limits_.part_side);
    return std::move(parts_);
  }

 private:
  // A white gap across a box, or where there is none its place of least ink.
  struct Gap {
    int at = 0, width = 0;
    std::int64_t ink = 0;
  };

  static int level(const std::uint8_t* rgb) {
    return (77 * rgb[0] + 150 * rgb[1] + 29 * rgb[2]) >> 8;
  }

  static int paper_level(const Image& page) {
    std::array<std::int64_t, 256> counts{};
    for (std::size_t i = 0; i + 2 < page.rgb.size(); i += 3) {
      ++counts[static_cast<std::size_t>(level(page.rgb.data() + i))];
    }
    return static_cast<int>(std::max_element(counts.begin(), counts.end()) - counts.begin());
  }

  void split(const PixelBox& box, double side) {
    const bool wide = box.width() > side, high = box.height() > side;
    if (!wide && !high) {
      parts_.push_back(box);
      return;
    }
    const Gap down = wide ? find_gap(box, true) : Gap();
    const Gap across = high ? find_gap(box, false) : Gap();
    PixelBox first = box, second = box;
    if (wide && (!high || better(down, box.width(), across, box.height()))) {
      first.right = second.left = down.at;
    } else {
      first.bottom = second.top = across.at;
    }
    split(first, limits_.part_side);
    split(second, limits_.part_side);
  }

  // Gaps between columns are cut before those between paragraphs of the same width; without any
  // gap the longer side is cut.
  static bool better(const Gap& down, int width, const Gap& across, int height) {
    if (down.width == 0 && across.width == 0) return width >= height;
    return down.width >= across.width;
  }

  // Ink pixels on each column of the box, or on each row.
  std::vector<std::int64_t> profile(const PixelBox& box, bool columns) const {
    std::vector<std::int64_t> ink(static_cast<std::size_t>(columns ? box.width() : box.height()));
    for (int y = box.top; y < box.bottom; ++y) {
      const std::uint8_t* row = page_.row(y);
      for (int x = box.left; x < box.right; ++x) {
        if (level(row + 3 * x) >= ink_) continue;
        ++ink[static_cast<std::size_t>(columns ? x - box.left : y - box.top)];
      }
    }
    return ink;
  }

  // The widest run of white in the middle of the box, nearer to the middle of equally wide ones.
  Gap find_gap(const PixelBox& box, bool columns) const {
    const std::vector<std::int64_t> ink = profile(box, columns);
    const int size = static_cast<int>(ink.size());
    // Specks of dirt are not letters.
    const std::int64_t dirt = (columns ? box.height() : box.width()) / 500;
    const int begin = static_cast<int>(size * kNearMiddle), end = size - begin;
    Gap best{size / 2, 0, ink[static_cast<std::size_t>(size / 2)]};
    int run = 0;
    for (int i = begin; i < end; ++i) {
      const std::int64_t here = ink[static_cast<std::size_t>(i)];
      run = here <= dirt ? run + 1 : 0;
      const int middle = i - run / 2;
      const bool nearer = std::abs(middle - size / 2) < std::abs(best.at - size / 2);
      if (run > best.width || (run > 0 && run == best.width && nearer)) {
        best = {middle, run, 0};
      } else if (best.width == 0 && here < best.ink) {
        best = {i, 0, here};
      }
    }
    best.at += columns ? box.left : box.top;
    return best;
  }

  const Image& page_;
  const SplitLimits& limits_;
  const int ink_;
  std::vector<PixelBox> parts_;
};

// From a part's 0 to 999 to the page's.
GroundingBox on_page(const GroundingBox& box, const PixelBox& part, int width, int height) {
  GroundingBox moved;
  for (std::size_t i = 0; i < 4; ++i) {
    const bool x = i % 2 == 0;
    const double inside = static_cast<double>(box.normalised[i]) / kGroundingScale *
                          (x ? part.width() : part.height());
    const double all = ((x ? part.left : part.top) + inside) / (x ? width : height);
    moved.normalised[i] = static_cast<int>(std::lround(all * kGroundingScale));
  }
  return moved;
}

void append(std::string& text, const std::string& more) {
  if (more.empty()) return;
  if (!text.empty()) text += "\n\n";
  text += more;
}

}  // namespace

std::vector<PixelBox> split_page(const Image& page, const SplitLimits& limits) {
  QUIRE_CHECK(page.width > 0 && page.height > 0 && limits.part_side > 1 && limits.slack >= 1);
  return Cutter(page, limits).cut();
}

DocumentPage stitch_parts(std::span<const PixelBox> boxes, std::span<const DocumentPage> parts,
                          int width, int height) {
  QUIRE_CHECK(boxes.size() == parts.size());
  DocumentPage page;
  page.width = width;
  page.height = height;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const PixelBox& at = boxes[i];
    auto& regions = page.grounding.regions;
    std::string& text_before = regions.empty() ? page.grounding.before : regions.back().text;
    append(text_before, parts[i].grounding.before);
    if (!text_before.empty() && !parts[i].grounding.regions.empty()) text_before += "\n\n";
    for (Region region : parts[i].grounding.regions) {
      for (GroundingBox& box : region.boxes) box = on_page(box, at, width, height);
      regions.push_back(std::move(region));
    }
    for (Block block : parts[i].blocks) {
      for (PixelBox& box : block.boxes) {
        box = {box.left + at.left, box.top + at.top, box.right + at.left, box.bottom + at.top};
      }
      page.blocks.push_back(std::move(block));
    }
  }
  return page;
}

}  // namespace quire
