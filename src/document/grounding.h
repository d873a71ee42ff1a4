// The model's output with boxes, taken apart (architecture.md, section 7):
//
//   <|ref|>LABEL<|/ref|><|det|>[[x1, y1, x2, y2], ...]<|/det|> text of that region ...
//
// Coordinates are integers from 0 to 999 over the picture's width and height. Output is a model's,
// so anything may stand there: what does not parse gives no box and never an error.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quire {

inline constexpr int kGroundingScale = 999;

struct PixelBox {
  int left = 0, top = 0, right = 0, bottom = 0;

  int width() const { return right - left; }
  int height() const { return bottom - top; }
  bool operator==(const PixelBox&) const = default;
};

// As the model wrote it: x1, y1, x2, y2, from 0 to 99,999 (more digits do not parse).
struct GroundingBox {
  std::array<int, 4> normalised{};

  // In a picture of this size: trunc(v / 999 * size), as the vendor's code rounds. What lies
  // outside is moved to the edge, and corners are put in order, so the box can be cropped unseen;
  // it may be empty.
  PixelBox pixels(int width, int height) const;
};

// One tag and the text behind it, up to the next tag.
struct Region {
  std::string label;                // "text", "title", "image", "table", ... or what was located
  std::vector<GroundingBox> boxes;  // empty when the list does not parse
  std::string text;                 // as it stands, white space included
  // Where in the output the tag begins, and where the text does.
  std::size_t tag_at = 0, text_at = 0;

  bool is_figure() const;  // labelled "image", as the vendor's code asks
};

struct Grounding {
  std::string before;  // the text in front of the first tag; all of it when there are no tags
  std::vector<Region> regions;
};

// Linear in the output. A tag that is not closed is text.
Grounding parse_grounding(std::string_view output);

// The vendor's post-processing: a region labelled "image" becomes a link to its crop,
// "![](images/K.jpg)" and a newline, K counting from 0 and `folder` in place of "images"; the other
// tags go; \coloneqq becomes := and \eqqcolon becomes =:.
std::string grounding_to_markdown(const Grounding& grounding,
                                  std::string_view image_folder = "images");

// The same with links of one's own, one for each figure in order. A figure whose link is "" or
// missing leaves nothing behind.
std::string grounding_to_markdown(const Grounding& grounding, std::span<const std::string> links);

}  // namespace quire
