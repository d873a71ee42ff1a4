// What the journal says about a page that has ended (docs/journal.md, kind "page").
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "base/status.h"
#include "batch/page_status.h"
#include "format/json.h"

namespace quire {

// A document of a million pages is a mistake, or means harm.
inline constexpr int kMaxPages = 1'000'000;
inline constexpr int kMaxRounds = 60'000;

struct PageRecord {
  std::string document;  // Document::key
  std::string stamp;     // Document::stamp
  int page = 1;          // from 1
  PageStatus status = PageStatus::kError;
  std::string reason;       // a sentence whenever the page is not read, else may be ""
  int tries = 0;            // ways in which the model was asked; 0: it was not
  std::int64_t tokens = 0;  // generated, of the answer that stands
  double seconds = 0;       // from when the page was taken up, waiting for others not counted
  double time = 0;          // of its end, seconds since 1970
  std::string source = {};  // PageResult::source(): "model", "text layer", ""
  double agreement = -1;    // of the reading with the text layer, 0 to 1; -1: not compared
  int round = 0;            // in which it was read (batch/round.h)
};

// `content` is what the outputs are made of (batch/page_content.h), `stages` where the seconds
// went.
nlohmann::ordered_json to_json(const PageRecord& record, nlohmann::ordered_json content,
                               nlohmann::ordered_json stages);

// Errors: a key that is absent, of another type or out of range.
Result<PageRecord> page_record(const Json& record);

}  // namespace quire
