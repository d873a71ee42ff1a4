// Moments as people write them, always UTC: 2026-03-14, 2026-03-14T09:26, 2026-03-14T09:26:53Z,
// @1773480413 (seconds since 1970).
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "store/rows.h"

namespace quire {

Result<Seconds> parse_time(std::string_view text);  // the error shows the ways to write one
std::string time_text(Seconds time);                // "2026-03-14 09:26"
std::string age_text(double seconds);               // "3 h", "12 days", "5 months"

}  // namespace quire
