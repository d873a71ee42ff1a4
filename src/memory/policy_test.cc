#include "memory/policy.h"

#include <gtest/gtest.h>

#include "memory/time_text.h"

namespace quire {
namespace {

TEST(Policy, EbbinghausIsHisOwnTable) {
  // "Memory" (1885), chapter VII: savings after 20 minutes, an hour, 9 hours, a day, 2, 6 and 31
  // days, beside what his formula gave him.
  const std::pair<double, double> found[] = {
      {19 * 60.0, 0.582},   {63 * 60.0, 0.442},   {525 * 60.0, 0.358},  {86400, 0.337},
      {2 * 86400.0, 0.278}, {6 * 86400.0, 0.254}, {31 * 86400.0, 0.211}};
  for (const auto& [seconds, savings] : found) EXPECT_NEAR(ebbinghaus(seconds), savings, 0.035);
  EXPECT_EQ(ebbinghaus(0), 1);
}

TEST(Policy, OnTheLadderOnlyAgeCounts) {
  const Policy ladder = *find_policy("ladder");
  Entry entry;
  entry.text = "x";
  entry.importance = 1;
  ladder.recalled(entry, 5000);
  EXPECT_EQ(ladder.tier(entry, 3599), kTextTier);
  EXPECT_EQ(ladder.tier(entry, 3600), kSharpestPage);
  EXPECT_EQ(ladder.tier(entry, 365 * 86400), kGone);
  EXPECT_EQ(ladder.tier(entry, -100), kTextTier) << "a clock that went back";
  entry.pinned = true;
  EXPECT_EQ(ladder.tier(entry, 365 * 86400), kTextTier);
}

TEST(Policy, RecallsMakeStrongerAndLateOnesMoreSo) {
  const Policy curve = *find_policy("curve");
  Entry soon, late;
  curve.recalled(soon, 120);
  curve.recalled(late, 7 * 86400);
  EXPECT_GT(soon.strength, 1);
  EXPECT_GT(late.strength, soon.strength);
  EXPECT_EQ(late.recalled, 7 * 86400);
  const double once = curve.felt_age(late, 14 * 86400);
  EXPECT_LT(once, 7 * 86400);
  curve.recalled(late, 14 * 86400);
  EXPECT_LT(curve.felt_age(late, 21 * 86400), once);
}

TEST(Policy, ImportantThingsFadeSlower) {
  const Policy curve = *find_policy("curve");
  Entry plain, important;
  important.importance = 1;
  EXPECT_EQ(curve.felt_age(important, 4000), curve.felt_age(plain, 1000));
  EXPECT_EQ(find_policy("curves").status().code(), Code::kNotFound);
}

TEST(Time, IsReadAndWritten) {
  EXPECT_EQ(*parse_time("1970-01-02"), 86400);
  EXPECT_EQ(*parse_time("2026-03-14T09:26:53Z"), 1773480413);
  EXPECT_EQ(*parse_time("2026-03-14 09:26"), 1773480360);
  EXPECT_EQ(*parse_time("@-5"), -5);
  EXPECT_EQ(time_text(1773480413), "2026-03-14 09:26");
  EXPECT_EQ(time_text(-1), "1969-12-31 23:59");
  EXPECT_EQ(*parse_time("2024-02-29"), *parse_time("2024-03-01") - 86400);
  for (const char* bad : {"", "yesterday", "2026-13-01", "2026-02-29", "2026-03-14T25:00", "@",
                          "@x", "2026-3-14", "2026-03-14T09:26:53+01:00", "-026-03-14"}) {
    EXPECT_FALSE(parse_time(bad).ok()) << bad;
  }
  EXPECT_EQ(age_text(3600), "1 hour");
  EXPECT_EQ(age_text(40 * 86400), "1 month");
  EXPECT_EQ(age_text(3), "now");
}

}  // namespace
}  // namespace quire
