// Pages too large for one look (newspapers, posters) as parts that are read one by one, and their
// readings as one page again.
//
// A cut goes through the widest white gap near the middle, down between columns or across between
// paragraphs; where there is none, through the line with the least ink. Cutting goes on until every
// part is small enough. Parts come in reading order, and together they are the page: none overlap,
// nothing is left out.
#pragma once

#include <span>
#include <vector>

#include "document/page.h"
#include "format/image.h"

namespace quire {

struct SplitLimits {
  // The longer side of a part, in pixels. Letters of a page at 144 dpi are still sharp in nine
  // tiles of 640 pixels when it has 1,920.
  int part_side = 1920;
  // A page is left whole up to this many times that: a little smaller is better than cut.
  double slack = 1.3;
};

// One box, all of the picture, when nothing has to be cut. The picture must not be empty.
std::vector<PixelBox> split_page(const Image& page, const SplitLimits& limits = {});

// The readings of the parts, in the same order, on the page of this size: boxes are moved to where
// they are on the page, texts follow each other with an empty line between.
DocumentPage stitch_parts(std::span<const PixelBox> boxes, std::span<const DocumentPage> parts,
                          int width, int height);

}  // namespace quire
