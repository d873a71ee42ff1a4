#include "document/page.h"

#include <algorithm>

#include "text/strip.h"

namespace quire {
namespace {

PixelBox around(const PixelBox& a, const PixelBox& b) {
  return {std::min(a.left, b.left), std::min(a.top, b.top), std::max(a.right, b.right),
          std::max(a.bottom, b.bottom)};
}

}  // namespace

DocumentPage make_page(const Answer& answer, int width, int height) {
  DocumentPage page{width, height, parse_grounding(answer.text), {}};
  const std::vector<Region>& regions = page.grounding.regions;
  if (const std::string_view before = strip(page.grounding.before); !before.empty()) {
    page.blocks.push_back(
        {"", {}, std::string(before), answer.confidence(0, page.grounding.before.size())});
  }
  for (std::size_t i = 0; i < regions.size(); ++i) {
    const Region& region = regions[i];
    Block block;
    block.label = region.label;
    for (const GroundingBox& box : region.boxes) block.boxes.push_back(box.pixels(width, height));
    block.text = strip(region.text);
    const std::size_t end = region.text_at + region.text.size();
    block.confidence = block.text.empty() ? answer.confidence(region.tag_at, region.text_at)
                                          : answer.confidence(region.text_at, end);
    page.blocks.push_back(std::move(block));
  }
  return page;
}

std::string DocumentPage::text() const { return markdown({}); }

std::string DocumentPage::markdown(std::span<const std::string> links) const {
  return std::string(strip(grounding_to_markdown(grounding, links)));
}

std::vector<PixelBox> DocumentPage::figures() const {
  std::vector<PixelBox> boxes;
  for (const Region& region : grounding.regions) {
    if (!region.is_figure()) continue;
    PixelBox whole;
    for (const GroundingBox& one : region.boxes) {
      const PixelBox box = one.pixels(width, height);
      whole = whole == PixelBox() ? box : around(whole, box);
    }
    boxes.push_back(whole);
  }
  return boxes;
}

}  // namespace quire
