// The documents of the disk (document/source.h), read by the model.
#pragma once

#include "batch/page_source.h"
#include "document/prepare_page.h"
#include "document/text_layer.h"
#include "infer/read_pictures.h"
#include "infer/reader.h"

namespace quire {

// How each page is read.
struct PageRules {
  ReadRequest request;     // its cancel is replaced by the deadline of a page
  bool skip_blank = true;  // a page without anything on it is not shown to the model
  TextLayerUse layer = TextLayerUse::kIgnore;
  std::size_t budget = 0;  // vision tokens a page, when > 0: chooses the mode in place of request's
  // Not for models that read in passes: their pages are set for them, and read as they stand.
  PrepareOptions prepare = {};
};

// The reader must outlive the documents.
OpenDocument open_with(const Reader& reader, const PageRules& rules);

}  // namespace quire
