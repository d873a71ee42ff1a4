// The numbers of a pile, added up from what is known of it.
#pragma once

#include <vector>

#include "batch/pile.h"
#include "batch/pile_log.h"

namespace quire {

// In a round that reads pages again only those pages count.
PileProgress pile_progress(const std::vector<Document>& documents, const Shard& shard,
                           const PileLog& log);

// Without what only the run itself knows: read_now, unwritten, stopped.
PileSummary pile_summary(const std::vector<Document>& documents, const Shard& shard,
                         const PileLog& log);

}  // namespace quire
