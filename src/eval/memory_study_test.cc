#include "eval/memory_study.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "eval/memory_report.h"
#include "eval/summary.h"
#include "format/test_support.h"

namespace quire {
namespace {

class MemoryStudyTest : public FolderTest {
 protected:
  MemoryStudyTest() {
    std::string prose;
    for (int i = 0; i < 400; ++i) {
      prose += "Somebody walked along the harbour number " + std::to_string(i) +
               " and wondered about everything. The weather changed while old sailors told long "
               "stories of distant islands.\n\n";
    }
    write("prose.txt", prose);
  }
  TextFolder texts() const { return *TextFolder::open(folder_.string()); }
};

TEST_F(MemoryStudyTest, ALifeIsTheSameEveryTimeAndItsFactsAreItsOwn) {
  const auto life = make_life(texts(), 2000, Ages::kLately, 3);
  ASSERT_TRUE(life.ok()) << life.status().message();
  const auto again = make_life(texts(), 2000, Ages::kLately, 3);
  std::set<std::string> questions;
  std::size_t facts = 0, lately = 0;
  for (std::size_t i = 0; i < life->size(); ++i) {
    const LifeEntry& entry = (*life)[i];
    EXPECT_EQ(entry.text, (*again)[i].text);
    EXPECT_LT(entry.age, 365 * 86400);
    if (i > 0) {
      EXPECT_LE(entry.age, (*life)[i - 1].age);
    }
    lately += entry.age < 7 * 86400;
    if (entry.kind == FactKind::kNone) continue;
    ++facts;
    EXPECT_TRUE(questions.insert(entry.question).second) << entry.question;
    EXPECT_NE(entry.text.find(entry.answer), std::string::npos);
    EXPECT_NE(entry.text.find(entry.question), std::string::npos);
  }
  EXPECT_NEAR(static_cast<double>(facts), 1000, 100);
  EXPECT_GT(lately, 400u);
}

TEST_F(MemoryStudyTest, WhatIsKeptIsCounted) {
  const std::vector<LifeEntry> life = {
      {10, "user", "the Number is QX-1 somewhere", FactKind::kExact, "number", "QX-1"},
      {9, "user", "the key hangs behind the green lantern", FactKind::kPhrase, "key",
       "green lantern"},
      {8, "user", "nothing whatever", FactKind::kNone, "", ""}};
  const Kept nothing = score_life(life, {});
  EXPECT_EQ(nothing.exact + nothing.phrase + nothing.gist, 0);
  // Long words: number, somewhere, behind, lantern, nothing, whatever.
  const Kept some = score_life(life, {{0, "qx-1 NUMBER"}, {1, "green lantem behind"}, {2, "QX-1"}});
  EXPECT_EQ(some.exact, 1);
  EXPECT_EQ(some.phrase, 0);
  EXPECT_DOUBLE_EQ(some.gist, 2.0 / 6);
}

TEST_F(MemoryStudyTest, ABlindModelKeepsTextAndFactSheets) {
  MemoryStudyTools tools;
  auto font = Font::open("DejaVuSansMono");
  ASSERT_TRUE(font.ok());
  tools.font = &*font;
  tools.reader.encode = [](const Image&) { return Result<Tensor>(Tensor()); };
  tools.reader.read = [](const Tensor&, const ReadOptions&) {
    return Result<PageReading>(PageReading{});
  };
  tools.count = [](std::string_view text) { return text.size() / 4 + 1; };
  MemoryStudyOptions options;
  options.entries = 150;
  options.budgets = {300, 3000};
  options.questions = 10;
  options.folder = folder_.string();
  const auto study = run_memory_study(texts(), options, tools);
  ASSERT_TRUE(study.ok()) << study.status().message();
  ASSERT_EQ(study->retention.size(), 5u);
  EXPECT_EQ(study->retention[0].page.exact, 1);
  for (std::size_t tier = 1; tier < 5; ++tier) {
    EXPECT_EQ(study->retention[tier].page.exact, 0);
    EXPECT_GT(study->retention[tier].with_facts.exact, 0.9);
    EXPECT_LE(study->retention[tier].tokens, study->retention[tier - 1].tokens);
  }
  EXPECT_EQ(study->budgets.size(), 2u * 8);
  for (const BudgetRow& row : study->budgets) {
    EXPECT_LE(row.tokens, static_cast<double>(row.budget)) << row.way;
    if (row.way == "keyword search of text") {
      EXPECT_GT(row.kept.exact, 0.8);
    }
    if (row.way.starts_with("all pages")) {
      EXPECT_LT(row.kept.exact, 0.2) << row.way;
    }
  }
  EXPECT_FALSE(losses(*study).empty()) << "text beats a blind reader";
  EXPECT_NE(to_table(*study).find("where the memory loses"), std::string::npos);
  EXPECT_EQ(to_json(*study)["retention"].size(), 5u);
  EXPECT_EQ(retention_chart(*study).series.size(), 5u);
  EXPECT_EQ(budget_chart(*study, BudgetCurve::kExact).series.size(), 8u);
}

TEST(SumBasic, TakesFrequentWordsFirstAndThenOthers) {
  const auto sentences = sentences_of(
      {"Whales swim. Whales swim deep. Nothing here!", "Ships follow whales? No end here"});
  ASSERT_EQ(sentences.size(), 5u);
  EXPECT_EQ(sentences[3].text, "Ships follow whales?");
  EXPECT_EQ(sentences[3].source, 1u);
  const auto order = sum_basic(sentences, 5);
  ASSERT_EQ(order.size(), 5u);
  EXPECT_EQ(order[0], 0u) << "whales three times, swim twice";
  EXPECT_EQ(std::set<std::size_t>(order.begin(), order.end()).size(), 5u);
  EXPECT_TRUE(sum_basic({}, 3).empty());
}

}  // namespace
}  // namespace quire
