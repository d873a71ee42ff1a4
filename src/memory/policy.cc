#include "memory/policy.h"

#include <algorithm>
#include <cmath>

namespace quire {

double ebbinghaus(double seconds) {
  constexpr double kSavings = 1.84, kExponent = 1.25;
  const double minutes = seconds / 60;
  if (minutes <= 1) return 1;
  return kSavings / (std::pow(std::log10(minutes), kExponent) + kSavings);
}

double Policy::slowness(const Entry& entry) const {
  return entry.strength * (1 + (importance_gain - 1) * entry.importance);
}

double Policy::felt_age(const Entry& entry, Seconds now) const {
  return static_cast<double>(std::max<Seconds>(0, now - entry.recalled)) / slowness(entry);
}

Seconds Policy::text_until(const Entry& entry) const {
  const double lasts = static_cast<double>(ends[kTextTier]) * slowness(entry);
  return entry.recalled + static_cast<Seconds>(std::ceil(lasts));
}

std::size_t Policy::tier(const Entry& entry, Seconds now) const {
  if (entry.pinned && !entry.leaf) return kTextTier;
  const double age = felt_age(entry, now);
  std::size_t tier = kTextTier;
  while (tier < kGone && age >= static_cast<double>(ends[tier])) ++tier;
  // What is pinned after it has faded stays as it is, and never goes.
  return entry.pinned ? std::min(tier, kSharpestPage) : tier;
}

void Policy::recalled(Entry& entry, Seconds now) const {
  if (now < entry.recalled) return;
  entry.strength += recall_gain * (1 - ebbinghaus(felt_age(entry, now)));
  if (recall_gain > 0) entry.recalled = now;
}

Result<Policy> find_policy(std::string_view name) {
  Policy policy;
  policy.name = name;
  if (name == "ladder") return policy;
  if (name == "curve") {
    policy.importance_gain = 4;
    policy.recall_gain = 2;
    return policy;
  }
  return not_found("there is no policy '" + std::string(name) + "'; there are ladder and curve");
}

}  // namespace quire
