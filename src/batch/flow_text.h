// A document's pages as the files people open. Page N begins at its mark: `<!-- page N -->` in
// Markdown, an element with the id page-N in HTML, a form feed in text; a page that was not read
// says there why, and one that is its text layer says that. Marks stand inside of a paragraph or
// table cell where that runs over a page end.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "batch/page_status.h"
#include "document/flow.h"

namespace quire {

struct PageNote {
  PageStatus status = PageStatus::kOk;
  std::string reason;
  bool from_layer = false;
};

// Notes are those of the pages, in the same order.
std::string flow_markdown(std::span<const PageFlow> pages, std::span<const PageNote> notes);
std::string flow_text(std::span<const PageFlow> pages, std::span<const PageNote> notes);
std::string flow_html(std::span<const PageFlow> pages, std::span<const PageNote> notes,
                      std::string_view title);

}  // namespace quire
