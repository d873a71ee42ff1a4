// What the study writes is what `fold` plans by: the two rooms agree on accuracy.json.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "eval/compression_report.h"
#include "fold/accuracy.h"

namespace quire {
namespace {

TEST(AccuracyTable, IsWhatFoldReads) {
  CompressionStudy study;
  study.tokenizer = "the official tokenizer";
  for (const auto& [columns, accuracy] : {std::pair{56, 0.98}, {80, 0.93}}) {
    CompressionRow row;
    row.mode = "tiny";
    row.pages = 20;
    row.columns = columns;
    row.rows_per_token = 4;
    row.characters_per_token = columns / 2.0;
    row.score.one_minus_ed = accuracy;
    row.font = "Fira Code Regular";
    study.rows.push_back(row);
  }
  const Result<Json> json = accuracy_table(study);
  ASSERT_TRUE(json.ok());
  const Result<AccuracyTable> table = AccuracyTable::parse(*json);
  ASSERT_TRUE(table.ok()) << table.status().message();
  EXPECT_EQ(table->rows.size(), 2u);
  EXPECT_EQ(table->font, "Fira Code Regular");
  const std::optional<AccuracyRow> best = table->best("tiny");
  ASSERT_TRUE(best.has_value());
  EXPECT_EQ(best->columns, 56);
  EXPECT_EQ(best->rows_per_token, 4);
  EXPECT_DOUBLE_EQ(best->one_minus_ed, 0.98);
}

}  // namespace
}  // namespace quire
