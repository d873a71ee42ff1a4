// The documents of the disk, read by the model.
#pragma once

#include "batch/page_source.h"
#include "infer/read_pictures.h"
#include "infer/reader.h"

namespace quire {

// Opens picture files; each has one page. `request` is asked about every page; with skip_blank a
// page without anything on it is not shown to the model. The reader must outlive the documents.
OpenDocument open_with(const Reader& reader, const ReadRequest& request, bool skip_blank);

}  // namespace quire
