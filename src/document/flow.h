// A document as one flow: the blocks of all its pages in reading order, and across page ends what
// belongs together put together again: a paragraph that stops in the middle of a sentence, a table
// that goes on. No word is lost and none changes its page: where a page begins inside of a block,
// the block's text holds a mark.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "document/page.h"

namespace quire {

// A noncharacter that flow() takes out of texts, so it can mark the begin of a page in them.
inline constexpr std::string_view kPageMark = "\uFDD0";

struct FlowBlock {
  std::string label;      // as in Block
  double confidence = 0;  // as in Block
  bool figure = false;    // then `link` is that of its crop, "" when there is none
  std::string link;
  std::string text;        // Markdown, no white space at the ends
  std::vector<int> begin;  // the pages whose begin is in the text, one for each mark
};

struct PageFlow {
  int page = 1;
  bool whole = true;   // its text is complete: only then can it go on elsewhere
  bool begun = false;  // its begin is marked in a block of a page before
  std::vector<FlowBlock> blocks;
};

// The blocks of one page. Links as in DocumentPage::markdown().
std::vector<FlowBlock> flow(const DocumentPage& page, std::span<const std::string> links);

// Joins each page with the next. A paragraph goes on when it does not end like a sentence and the
// next page begins in lower case (scripts without case: in a script that is written without
// spaces); a hyphen at the end of the line goes. A table goes on when the next page begins with a
// table of as many columns; a header that is repeated goes. What stands in the way as header,
// footer, page number or footnote stays on its page.
void join_pages(std::span<PageFlow> pages);

}  // namespace quire
