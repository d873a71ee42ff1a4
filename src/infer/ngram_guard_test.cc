#include "infer/ngram_guard.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "format/json.h"
#include "format/test_support.h"

namespace quire {
namespace {

using Ids = std::vector<std::int32_t>;

TEST(NgramGuard, GoldenCasesOfBothVariants) {
  QUIRE_NEEDS_GOLDEN("ngram/cases.json");
  const auto cases = read_json(golden_path("ngram/cases.json").string());
  ASSERT_TRUE(cases) << cases.status().message();
  ASSERT_GE(cases->size(), 60u);
  for (const Json& c : *cases) {
    SCOPED_TRACE(c.dump());
    const auto ids = c["ids"].get<Ids>();
    const int ngram = c["ngram"];
    const NgramGuard windowed({"", "", ngram, c["window"]}, c["whitelist"].get<Ids>());
    EXPECT_EQ(windowed.banned(ids), c["banned_windowed"].get<Ids>());
    const NgramGuard whole({"", "", ngram, 0}, c["whitelist"].get<Ids>());
    EXPECT_EQ(whole.banned(ids), c["banned_whole_sequence"].get<Ids>());

    // The prompt counts for one variant only.
    const std::span<const std::int32_t> all(ids);
    const auto prompt = all.first(ids.size() / 2), generated = all.subspan(ids.size() / 2);
    EXPECT_EQ(NgramGuard({"", "", ngram, 0}, {}, prompt).banned(generated), whole.banned(ids));
    const NgramPreset preset = {"", "", ngram, c["window"]};
    EXPECT_EQ(NgramGuard(preset, {}, prompt).banned(generated),
              NgramGuard(preset).banned(generated));
  }
}

TEST(NgramGuard, AppliesToScores) {
  const NgramGuard guard({"", "", 2, 0});
  std::vector<float> scores(3, 1);
  guard.apply(Ids{1, 2, 1, 7, 1}, scores);  // 7 has no score
  EXPECT_EQ(scores[0], 1);
  EXPECT_EQ(scores[1], 1);
  EXPECT_TRUE(std::isinf(scores[2]) && scores[2] < 0);
}

TEST(NgramGuard, Presets) {
  EXPECT_EQ(find_ngram_preset("30/90")->window, 90);
  EXPECT_TRUE(NgramGuard(*find_ngram_preset("off")).banned(Ids(100, 5)).empty());
  EXPECT_EQ(NgramGuard(*find_ngram_preset("20-whole")).banned(Ids(100, 5)), Ids{5});
  for (const NgramPreset& preset : kNgramPresets) {
    EXPECT_TRUE(NgramGuard(preset).banned({}).empty());
    EXPECT_TRUE(preset.window == 0 || preset.window > preset.ngram);
  }
  const auto unknown = find_ngram_preset("5/5");
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.status().message().find("35/128"), std::string::npos);
}

TEST(NgramGuard, TableCellsAreFoundByName) {
  QUIRE_NEEDS_GOLDEN("tiny-model");
  const auto tokenizer = Tokenizer::load(golden_path("tiny-model/tokenizer.json").string());
  ASSERT_TRUE(tokenizer);
  EXPECT_EQ(table_cell_ids(*tokenizer), (Ids{486, 487}));
}

}  // namespace
}  // namespace quire
