// One page of a document (document/source.h), all the way: drawn, prepared
// (document/prepare_page.h), read, put together again. What `quire read`, its piles and the server
// do with a page is this.
#pragma once

#include "base/status.h"
#include "document/prepare_page.h"
#include "document/read_document.h"
#include "document/source.h"
#include "document/text_layer.h"
#include "infer/reader.h"

namespace quire {

// How each page is read.
struct PageRules {
  ReadRequest request;
  bool skip_blank = true;  // a page without anything on it is not shown to the model
  TextLayerUse layer = TextLayerUse::kIgnore;
  std::size_t budget = 0;  // vision tokens a page, when > 0: chooses the mode in place of request's
  PrepareOptions prepare = {};
};

// For a question about pages; `whole_page` when it asks for all their words. A page is prepared for
// such questions alone, and not for a model that reads in passes: its pages are set for it.
PageRules rules_for(const Reader& reader, ReadRequest request, bool whole_page);

// Pages count from 1. An error is a page that cannot be turned into a picture; what the model made
// of it, its errors too, is in the result.
Result<PageResult> read_source_page(const DocumentSource& source, int page, const Reader& reader,
                                    const PageRules& rules);

}  // namespace quire
