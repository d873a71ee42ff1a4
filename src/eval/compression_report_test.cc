#include "eval/compression_report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace quire {
namespace {

CompressionStudy study() {
  CompressionStudy study;
  study.tokenizer = "the official tokenizer";
  CompressionRow row;
  row.mode = "tiny";
  row.kind = TextKind::kProse;
  row.bin = 10;
  row.ratio = 10.25;
  row.pages = 20;
  row.score = {0.91, 0.92, 0.93, 0.94};
  row.columns = 80;
  row.rows_per_token = 4;
  row.characters_per_token = 40;
  row.text_tokens = 656;
  row.vision_tokens = 64;
  row.sequence_tokens = 73;
  row.font = "Fira Code Regular";
  study.rows.push_back(row);
  row.kind = TextKind::kLetters;
  row.bin = 3;
  row.ratio = 3.5;
  row.failed = 2;
  study.rows.push_back(row);
  row.mode = "base";
  row.kind = TextKind::kWords;
  row.bin = 10;
  row.ratio = 10.5;
  study.rows.push_back(row);
  return study;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(PaperRows, StandBesideProseOfTheirModeAndRatio) {
  const auto beside = [](const std::string& mode, int bin, TextKind kind = TextKind::kProse) {
    CompressionRow row;
    row.mode = mode;
    row.bin = bin;
    row.kind = kind;
    return paper_row_beside(row);
  };
  ASSERT_NE(beside("tiny", 10), nullptr);
  EXPECT_DOUBLE_EQ(beside("tiny", 10)->precision, 0.965);
  EXPECT_DOUBLE_EQ(beside("small", 10)->precision, 0.915);
  EXPECT_DOUBLE_EQ(beside("tiny", 19)->precision, 0.591);
  EXPECT_EQ(beside("tiny", 12), nullptr);
  EXPECT_EQ(beside("base", 10), nullptr);
  EXPECT_EQ(beside("", -1), nullptr);
  EXPECT_EQ(beside("tiny", 10, TextKind::kLetters), nullptr);
}

TEST(PaperRows, AreThePapersHundredPages) {
  int tiny = 0, small = 0;
  for (const PaperRow& row : paper_rows()) {
    (row.mode == "tiny" ? tiny : small) += row.pages;
    // Every ratio lies between those of the ends of its range of text tokens.
    const std::string range(row.text_tokens);
    const double vision = row.mode == "tiny" ? 64 : 100;
    EXPECT_GE(row.ratio, std::stod(range) / vision - 0.05) << range;
    EXPECT_LE(row.ratio, std::stod(range.substr(range.find('-') + 1)) / vision + 0.05) << range;
  }
  EXPECT_EQ(tiny, 100);
  EXPECT_EQ(small, 100);
}

TEST(CompressionJson, HasTheFixedFields) {
  const Json json = to_json(study());
  EXPECT_EQ(json.at("tokenizer"), "the official tokenizer");
  const Json& row = json.at("rows").at(0);
  EXPECT_EQ(row.at("mode"), "tiny");
  EXPECT_EQ(row.at("kind"), "prose");
  EXPECT_EQ(row.at("bin"), "10-11");
  EXPECT_EQ(row.at("ratio"), 10.25);
  EXPECT_EQ(row.at("pages"), 20);
  EXPECT_EQ(row.at("precision"), 0.91);
  EXPECT_EQ(row.at("recall"), 0.92);
  EXPECT_EQ(row.at("one_minus_ed"), 0.93);
  EXPECT_EQ(row.at("exact_chars"), 0.94);
  EXPECT_EQ(row.at("columns"), 80);
  EXPECT_EQ(row.at("rows_per_token"), 4);
  EXPECT_EQ(row.at("characters_per_token"), 40);
  EXPECT_EQ(row.at("sequence_tokens"), 73);
  EXPECT_EQ(row.at("font"), "Fira Code Regular");
  EXPECT_EQ(row.at("paper").at("precision"), 0.965);
  EXPECT_FALSE(json.at("rows").at(1).contains("paper"));
  EXPECT_EQ(json.at("rows").at(1).at("failed"), 2);
}

TEST(CompressionTable, ShowsEveryRowBesideThePaper) {
  const std::string table = to_table(study());
  EXPECT_TRUE(contains(table, "96.5 (10.5x)"));
  EXPECT_TRUE(contains(table, "random letters"));
  EXPECT_TRUE(contains(table, "2 not read to the end"));
  EXPECT_TRUE(contains(table, "the official tokenizer"));
  EXPECT_TRUE(contains(to_table({}), "ratio"));  // a study that was ended before its first level
}

TEST(AccuracyTable, HasOnlyProse) {
  const Result<Json> json = accuracy_table(study());
  ASSERT_TRUE(json.ok());
  ASSERT_EQ(json->at("rows").size(), 1u);
  EXPECT_EQ(json->at("rows").at(0).at("kind"), "prose");

  CompressionStudy without = study();
  without.rows.erase(without.rows.begin());
  EXPECT_EQ(accuracy_table(without).status().code(), Code::kInvalid);
}

TEST(CompressionChart, HasACurveForEachModeAndKindAndThePaper) {
  const Chart chart = compression_chart(study());
  ASSERT_EQ(chart.series.size(), 6u);
  EXPECT_EQ(chart.series[0].name, "tiny, prose");
  EXPECT_EQ(chart.series[2].name, "base, random words");
  EXPECT_EQ(chart.series[3].points.size(), 7u);
  EXPECT_FALSE(chart.series[3].line);
  EXPECT_GE(chart.x.max, 20);
  EXPECT_TRUE(contains(to_svg(chart), "</svg>"));
}

}  // namespace
}  // namespace quire
