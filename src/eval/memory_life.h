// A life to remember: a conversation of many entries, made of prose, with facts planted in it whose
// questions and answers are known. Entry number i of a seed is the same on every machine.
//
// Half of the entries are prose alone. A quarter ends in an exact fact ("the number of the copper
// gate is KV-4821"), a quarter in one that could be told in other words ("the key of the copper
// gate hangs behind the green lantern").
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "eval/texts.h"
#include "store/rows.h"

namespace quire {

enum class FactKind { kNone, kExact, kPhrase };

inline constexpr Seconds kLifeEnd = 1'800'000'000;  // 2027-01-15 08:00

struct LifeEntry {
  Seconds age = 0;  // before kLifeEnd
  std::string role, text;
  FactKind kind = FactKind::kNone;
  std::string question;  // words of the entry that name the fact
  std::string answer;    // as it stands in the entry
};

enum class Ages {
  kEven,    // a year of days that are all alike
  kLately,  // the same, but every fifth entry falls into the last week, as many into its last hour
            // as between its first day and its fifth: every tier has some
};

// Oldest first, all younger than a year. Error: kLimit when the folder holds too little prose.
Result<std::vector<LifeEntry>> make_life(const TextFolder& texts, std::size_t entries, Ages ages,
                                         std::uint64_t seed);

}  // namespace quire
