// A finished pile as one JSON object, in the form of `quire read --json` (docs/read.md), written
// page by page: it may be larger than memory.
#pragma once

#include <string>

#include "base/status.h"
#include "batch/manifest.h"
#include "batch/pile.h"

namespace quire {

// "-" is standard output. Pages that have not ended are left out.
Status write_pile_json(const std::string& path, const Manifest& manifest, const std::string& folder,
                       const Shard& shard, const PileSummary& summary);

}  // namespace quire
