// What is done with a page's picture before a model is asked, and what is known by then.
#pragma once

#include <functional>
#include <vector>

#include "document/read_document.h"
#include "document/split_page.h"
#include "format/image.h"

namespace quire {

struct PrepareOptions {
  bool turn = true;       // image/turn.h
  bool split = true;      // document/split_page.h
  bool lay_small = true;  // image/paper.h
  SplitLimits limits = {};
};

struct PreparedPage {
  Image image;
  int turned = 0;               // degrees clockwise, 0 where nobody was sure
  bool blank = false;           // nothing is on it: there is no need to ask
  std::vector<PixelBox> parts;  // to be read one by one; one that is the whole page as a rule
};

PreparedPage prepare_page(Image image, const PrepareOptions& options = {});

// A prepared page, read part by part with `read` (which is shown the part's picture), stitched. One
// part is handed through. Of several: the status is the worst of them, but kEmpty only when all
// are; problems say which part; tokens, seconds and attempts are those of all together.
PageResult read_prepared(PreparedPage page, const std::function<PageResult(Image part)>& read);

}  // namespace quire
