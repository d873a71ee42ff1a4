// Reading pages again. The first reading of a pile is round 0; each `--again` is a round with the
// next number, with settings of its own, about the pages whose standing record is of an earlier
// round and has one of its statuses. Which pages those are follows from the journals alone, whoever
// looks and however often it was interrupted. All records stay; the one of the latest round stands.
#pragma once

#include <bitset>
#include <string>
#include <vector>

#include "base/status.h"
#include "batch/ledger.h"
#include "batch/manifest.h"

namespace quire {

struct Round {
  int number = 0;
  PageStatusSet statuses;  // none in round 0

  // Whether it is about this page, of this document, and the page has not ended in it.
  bool wants(const DocumentEntry& document, const PageEntry& page) const;
  // Of a document nobody has opened yet nothing is known, and nothing is read again.
  bool wants_any(const DocumentEntry& document) const;
};

// The round to work in: the latest one, when it is about the same statuses with the same settings
// and not at its end in these documents, else a new one. Round 0 where `again` is empty. Errors:
// there is nothing that could be read again; in round 0 a pile that was begun with other settings.
Result<Round> choose_round(const Ledger& ledger, const std::vector<Document>& documents,
                           const std::string& settings, PageStatusSet again);

// Two workers that begin a round at the same moment both call it the next one. When both mean the
// same it is one round; else one of them gives way. To be asked once the own journal has begun.
Status agree_on(const Round& round, const Ledger& ledger, const std::string& settings);

}  // namespace quire
