#include "document/page.h"

#include <algorithm>

#include "text/strip.h"

namespace quire {
namespace {

PixelBox around(const PixelBox& a, const PixelBox& b) {
  return {std::min(a.left, b.left), std::min(a.top, b.top), std::max(a.right, b.right),
          std::max(a.bottom, b.bottom)};
}

// `confidence_of` is asked for each block in order, about a piece of the output.
template <typename Confidence>
DocumentPage assemble(std::string_view output, int width, int height,
                      const Confidence& confidence_of) {
  DocumentPage page{width, height, parse_grounding(output), {}};
  if (const std::string_view before = strip(page.grounding.before); !before.empty()) {
    page.blocks.push_back(
        {"", {}, std::string(before), confidence_of(0, page.grounding.before.size())});
  }
  for (const Region& region : page.grounding.regions) {
    Block block;
    block.label = region.label;
    for (const GroundingBox& box : region.boxes) block.boxes.push_back(box.pixels(width, height));
    block.text = strip(region.text);
    const std::size_t end = region.text_at + region.text.size();
    block.confidence = block.text.empty() ? confidence_of(region.tag_at, region.text_at)
                                          : confidence_of(region.text_at, end);
    page.blocks.push_back(std::move(block));
  }
  return page;
}

}  // namespace

DocumentPage make_page(const Answer& answer, int width, int height) {
  return assemble(answer.text, width, height, [&](std::size_t begin, std::size_t end) {
    return answer.confidence(begin, end);
  });
}

DocumentPage make_page(std::string_view output, std::span<const double> confidence, int width,
                       int height) {
  return assemble(output, width, height, [&](std::size_t, std::size_t) {
    if (confidence.empty()) return 0.0;
    const double first = confidence.front();
    confidence = confidence.subspan(1);
    return first;
  });
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
