// The page with its boxes drawn on it, for people to check at a glance: a colour for each label,
// and at a corner the box's number in reading order, from 1.
#pragma once

#include <span>

#include "document/page.h"
#include "format/image.h"

namespace quire {

// The picture the boxes belong to; what lies outside of it is not drawn.
Image draw_boxes(Image picture, std::span<const Block> blocks);

}  // namespace quire
