// Policies: how fast a memory fades, as plain values.
//
// What an entry looks like follows from its felt age and from nothing else, so ageing is the same
// whenever and however often it is asked for:
//
//   felt age = time since it was last recalled (or made) / (strength * importance gain)
//
// The marks say up to which felt age each tier lasts. "ladder" is the table of the DeepSeek-OCR
// paper: strength never grows. "curve" is spaced repetition: each recall makes the entry stronger,
// and the more so the less was left of it by then, with what is left taken from Ebbinghaus's own
// fit of 1885 (savings after t minutes, k = 1.84, c = 1.25):
//
//   left(t) = k / (log10(t)^c + k)
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "memory/tier.h"
#include "store/rows.h"

namespace quire {

struct Policy {
  std::string name;
  // Felt ages at which text, large, base, small and tiny end. The paper's marks (1 hour, 1 day,
  // 1 week, 1 month, 1 year); without its gundam each form moves up by one, and the last mark is
  // where nothing is left.
  std::array<Seconds, kGone> ends = {3600, 86400, 7 * 86400, 30 * 86400, 365 * 86400};
  // A leaf holds entries of at most that time; what is left of it then waits no longer to be full.
  Seconds span = 7 * 86400;
  double importance_gain = 1;  // an entry of importance 1 ages so many times slower
  double recall_gain = 0;      // most that one recall adds to the strength
  bool restore = true;         // a recalled entry that has an archive becomes text again

  double felt_age(const Entry& entry, Seconds now) const;   // seconds; below 0 counts as 0
  std::size_t tier(const Entry& entry, Seconds now) const;  // kGone past the last mark
  // The first second in which an entry is no longer text, if it is not pinned.
  Seconds text_until(const Entry& entry) const;

  // What a recall at that moment does to strength and time.
  void recalled(Entry& entry, Seconds now) const;

 private:
  double slowness(const Entry& entry) const;  // how many seconds make one that is felt
};

// "ladder" or "curve"; the error names both.
Result<Policy> find_policy(std::string_view name);

// Share that people keep after so long, by Ebbinghaus's fit; 1 in the first minute.
double ebbinghaus(double seconds);

}  // namespace quire
