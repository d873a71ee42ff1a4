// The documents of the disk (document/source.h), read by the model.
#pragma once

#include "batch/page_source.h"
#include "document/read_source.h"
#include "infer/reader.h"

namespace quire {

// request.cancel is replaced by the deadline of a page. The reader must outlive the documents.
OpenDocument open_with(const Reader& reader, const PageRules& rules);

}  // namespace quire
