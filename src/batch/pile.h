// A pile of documents, read page by page until each page has ended in one status, whatever happens
// in between. The output folder holds the outputs and, in .quire/, the journals and claims
// (batch/journal.h, batch/claim.h). Any number of processes on any number of machines may work on
// one folder at once, come late, be killed, and be started again.
//
// - What is finished is in a journal before anything else is begun in its place, so a worker that
//   is killed loses the pages it was just reading and nothing else.
// - A document's outputs are written when its last page has ended, by whoever ended it.
// - Work is claimed in pieces of kPiecePages pages of one document.
// - A page on which the program crashed twice is left out as an error: it would take down every
//   worker that comes. Kills count too, for running out of memory looks like one, but a hundred of
//   them are needed: people kill programs.
// - Pages that ended badly can be read again, with other settings (batch/round.h).
//
// pile.cc has the lanes; what they lean on: pile_log (what is known and said), piece_search (what
// is next), page_work (one page), outputs (one document).
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/status.h"
#include "batch/claim.h"
#include "batch/crash_mark.h"
#include "batch/manifest.h"
#include "batch/outputs.h"
#include "batch/page_source.h"
#include "batch/page_status.h"
#include "batch/shard.h"

namespace quire {

inline constexpr int kPiecePages = 16;
inline constexpr int kMaxCrashes = 2, kMaxDeaths = 100;

// How far the whole pile is, other workers' pages included.
struct PileProgress {
  std::int64_t pages = 0;      // ended
  std::int64_t expected = 0;   // in all; of documents not yet opened a guess
  std::int64_t documents = 0;  // whose outputs are written
  std::int64_t failed = 0;     // pages that were not read
};

struct PileOptions {
  std::string folder;    // made if it is not there
  std::string settings;  // all that decides what a page becomes, one line; runs must agree on it
  // Not empty: reads the pages that ended like this again, and no others; settings may differ.
  PageStatusSet again;
  std::vector<OutputFormat> formats;
  Shard shard;
  bool boxes = false;         // also NAME_pages/page-N.png, each page with its boxes drawn
  int lanes = 2;              // pages under way at once, 1 to CrashMarks::kSlots
  double page_seconds = 600;  // a page that takes longer ends as timeout
  double lease_seconds = kLeaseSeconds;

  // Called by one thread at a time.
  std::function<void(const PileProgress&)> on_progress;
  std::function<void(const std::string& sentence)> on_problem;  // one for each page not read
  std::function<void(const std::string& sentence)> on_remark;   // a reading and a text layer differ
  const std::atomic<bool>* stop = nullptr;                      // true: begin nothing more
};

struct PileSummary {
  std::int64_t documents = 0, pages = 0;               // of this shard
  std::array<std::int64_t, kPageStatuses> statuses{};  // of those pages
  std::int64_t from_layer = 0;                         // pages that are their text layer
  std::int64_t compared = 0, differ = 0;               // with it; of those
  std::int64_t read_now = 0;                           // pages that this process ended
  std::int64_t unread = 0;     // pages not ended, documents not opened; others may be at them
  std::int64_t unwritten = 0;  // documents whose outputs could not be written; each was a problem
  bool stopped = false;        // it was told to stop before all was done

  bool all_read() const;
};

// Returns when every page of the shard has ended, here or elsewhere; waits for pages that others
// are reading, and takes them over when those are gone. Errors: a folder that cannot be used, one
// that holds a pile read with other settings, a journal that cannot be written.
Result<PileSummary> read_pile(const Manifest& manifest, const OpenDocument& open,
                              const PileOptions& options);

// FOLDER/.quire/journal, where the journals of a pile are.
std::string journal_folder(const std::string& folder);

}  // namespace quire
