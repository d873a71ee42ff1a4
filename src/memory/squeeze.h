// Ageing a page is done to its picture alone: nothing is drawn anew from a text, so what a smaller
// page no longer shows is gone.
//
// A filled page of a monospaced face is one long ribbon of letters, cut into rows. Squeezing makes
// the ribbon lower (each row of pixels is the mean of those it covers) and cuts it anew for pages
// of another side. Letters keep their width, so the cells go on ending where the patches of the
// encoder do; it is height that they lose, and with it the strokes that tell e from c.
#pragma once

#include <cstddef>
#include <vector>

#include "base/status.h"
#include "format/image.h"
#include "render/page.h"

namespace quire {

// `pages` hold `characters` cells in reading order, set in `from`. Returns as many pages of `to` as
// they need, the rest of the last one blank. Errors: kInvalid when a picture is not a page of
// `from`, when there are not as many cells, or when the letters of `to` are wider, narrower or
// higher.
Result<std::vector<Image>> squeeze(const std::vector<Image>& pages, const PageLayout& from,
                                   const PageLayout& to, std::size_t characters);

}  // namespace quire
