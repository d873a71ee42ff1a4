// A model's answer about a page, taken apart: blocks with their place on the picture, their words,
// and how sure the model was of them. With it what people make of a page: text, Markdown, figures.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "document/grounding.h"
#include "infer/ask.h"

namespace quire {

struct Block {
  std::string label;            // "" in front of the first tag, or where there are no tags
  std::vector<PixelBox> boxes;  // in the picture's pixels
  std::string text;             // no white space at the ends
  double confidence = 0;        // 0 to 1: of the words, or of the tag where there are none
};

struct DocumentPage {
  int width = 0, height = 0;  // pixels of the picture
  Grounding grounding;
  std::vector<Block> blocks;  // a first one without label only if there is text in it

  // The words alone: no tags, no figures.
  std::string text() const;
  // The vendor's Markdown; `links` as grounding_to_markdown() takes them.
  std::string markdown(std::span<const std::string> links) const;
  // What to cut out for each figure, in the order of its links: the smallest rectangle that holds
  // its boxes. Without pixels where the model gave no usable box.
  std::vector<PixelBox> figures() const;
};

DocumentPage make_page(const Answer& answer, int width, int height);

// The same from what was kept of an answer: its text, and the confidence of each block in order.
DocumentPage make_page(std::string_view output, std::span<const double> confidence, int width,
                       int height);

}  // namespace quire
