// What became of a pile, added up from all journals of one or several output folders.
#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "batch/page_status.h"

namespace quire {

// A page worth a look.
struct ReportPage {
  std::string document;  // its path below the pile's folder, as text
  int page = 1;
  PageStatus status = PageStatus::kError;
  std::string reason;
  double seconds = 0;
  std::int64_t tokens = 0;
};

// A page whose reading and text layer differ.
struct ReportDifference {
  std::string document;
  int page = 1;
  double agreement = 0;  // 0 to 1
  std::string summary;   // a sentence: where they differ first
};

// What text layers were good for (docs/documents.md).
struct ReportLayers {
  std::int64_t taken = 0;                  // pages that are their text layer
  std::int64_t compared = 0;               // with what the model read
  std::int64_t differ = 0;                 // of those
  double agreement = 0;                    // on average, 0 to 1
  std::vector<ReportDifference> furthest;  // at most kFurthestPages, least agreement first
};

struct ReportWorker {
  std::string name;
  std::int64_t pages = 0;
  double begin = 0, end = 0;  // seconds since 1970
};

struct PileReport {
  std::vector<std::string> folders;
  std::int64_t documents = 0;
  std::int64_t unwritten = 0;  // documents whose outputs are not there yet
  std::int64_t pages = 0;      // known of
  std::int64_t ended = 0;      // in one of the statuses
  std::array<std::int64_t, kPageStatuses> statuses{};
  std::int64_t tokens = 0;
  std::int64_t begun_again = 0;       // pages begun more than once: a worker died on them
  std::int64_t read_twice = 0;        // records of pages that had one already
  std::int64_t read_again = 0;        // pages whose record is one of --again
  double page_seconds = 0;            // of all pages together
  double seconds = 0;                 // in which at least one worker was at work
  std::vector<ReportWorker> workers;  // in the order they began
  std::vector<ReportPage> slowest;    // at most kSlowestPages, slowest first
  std::vector<ReportPage> failures;   // every page not read, by document
  ReportLayers layers;
  std::vector<std::string> damages;
  std::vector<std::int64_t> timeline;  // pages ended in each of kTimelineSlots equal parts of time

  double pages_per_second() const;
};

inline constexpr std::size_t kSlowestPages = 20, kFurthestPages = 20, kTimelineSlots = 100;

// Errors: a folder that holds no journal.
Result<PileReport> make_report(std::span<const std::string> folders);

std::string report_text(const PileReport& report);
nlohmann::ordered_json report_json(const PileReport& report);
// One HTML file that needs no other, without scripts.
std::string report_html(const PileReport& report);

}  // namespace quire
