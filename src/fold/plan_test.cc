#include "fold/plan.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "format/test_support.h"

namespace quire {
namespace {

AccuracyTable table_of(const std::string& rows) {
  const auto json = parse_json("{\"font\":\"DejaVu Sans Mono\",\"rows\":[" + rows + "]}");
  EXPECT_TRUE(json.ok());
  auto table = AccuracyTable::parse(*json);
  EXPECT_TRUE(table.ok()) << table.status().message();
  return *table;
}

std::string row(const std::string& mode, int columns, int rows, double density, double accuracy,
                const std::string& kind = "prose") {
  return Json{{"mode", mode},
              {"columns", columns},
              {"rows_per_token", rows},
              {"characters_per_token", density},
              {"one_minus_ed", accuracy},
              {"kind", kind}}
      .dump();
}

AccuracyTable measured() {
  return table_of(row("tiny", 48, 2, 12, 0.995) + "," + row("tiny", 56, 3, 21, 0.98) + "," +
                  row("tiny", 80, 4, 40, 0.90) + "," + row("tiny", 96, 5, 60, 0.99, "letters") +
                  "," + row("small", 80, 4, 32, 0.975));
}

std::string error_of(const PlanRequest& request, const AccuracyTable& table) {
  const auto plan = plan_pages(request, table);
  return plan.ok() ? "no error" : plan.status().message();
}

TEST(Accuracy, ExpectsStraightLinesBetweenRows) {
  const AccuracyTable table = measured();
  EXPECT_DOUBLE_EQ(*table.expect("tiny", 21), 0.98);
  EXPECT_DOUBLE_EQ(*table.expect("tiny", 30.5), 0.94);
  EXPECT_DOUBLE_EQ(*table.expect("tiny", 5), 0.995);
  EXPECT_DOUBLE_EQ(*table.expect("tiny", 200), 0.90);
  EXPECT_FALSE(table.expect("base", 21).has_value());
  EXPECT_FALSE(AccuracyTable{}.expect("tiny", 21).has_value());
}

TEST(Accuracy, RefusesTablesThatMakeNoSense) {
  const auto error = [](const std::string& json) {
    const auto parsed = parse_json(json);
    EXPECT_TRUE(parsed.ok());
    const auto table = AccuracyTable::parse(*parsed);
    return table.ok() ? "no error" : table.status().message();
  };
  EXPECT_NE(error("{}").find("rows"), std::string::npos);
  EXPECT_NE(error("{\"rows\":7}").find("rows"), std::string::npos);
  EXPECT_NE(error("{\"rows\":[7]}").find("row 0"), std::string::npos);
  EXPECT_NE(error("{\"rows\":[" + row("tiny", 0, 3, 21, 0.98) + "]}").find("columns"),
            std::string::npos);
  EXPECT_NE(error("{\"rows\":[" + row("tiny", 56, 99, 21, 0.98) + "]}").find("rows_per_token"),
            std::string::npos);
  EXPECT_NE(error("{\"rows\":[" + row("tiny", 56, 3, -1, 0.98) + "]}").find("out of range"),
            std::string::npos);
  EXPECT_NE(error("{\"rows\":[" + row("tiny", 56, 3, 21, 98) + "]}").find("0 to 1"),
            std::string::npos);
  EXPECT_EQ(error("{\"rows\":[]}"), "no error");
}

class AccuracyFile : public FolderTest {};

TEST_F(AccuracyFile, IsOptionalButNeverWrongInSilence) {
  const auto none = AccuracyTable::load(folder_.string());
  ASSERT_TRUE(none.ok());
  EXPECT_TRUE(none->rows.empty());
  write("accuracy.json", "{\"rows\": [}");
  const auto broken = AccuracyTable::load(folder_.string());
  ASSERT_FALSE(broken.ok());
  EXPECT_NE(broken.status().message().find("accuracy.json"), std::string::npos);
}

TEST(Plan, TakesTheDensestTrustedRow) {
  const auto plan = plan_pages({.mode = "tiny"}, measured());
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan->layout.side, 512);
  EXPECT_EQ(plan->layout.columns, 56);
  EXPECT_EQ(plan->layout.rows_per_token, 3);
  EXPECT_DOUBLE_EQ(*plan->expected_accuracy, 0.98);
  EXPECT_EQ(plan->note, "");
  EXPECT_EQ(plan->vision_tokens(), 64);
  EXPECT_EQ(plan->sequence_tokens(), 73);

  // Without a mode, any mode's row may win.
  const auto free = plan_pages({}, measured());
  ASSERT_TRUE(free.ok());
  EXPECT_EQ(free->mode.name, "small");
  EXPECT_EQ(free->vision_tokens(), 100);
}

TEST(Plan, SaysSoWhenNoRowCanBeTrusted) {
  const auto plan =
      plan_pages({}, table_of(row("tiny", 56, 3, 21, 0.80) + "," + row("tiny", 48, 2, 12, 0.93)));
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan->layout.columns, 48);
  EXPECT_DOUBLE_EQ(*plan->expected_accuracy, 0.93);
  EXPECT_NE(plan->note.find("93.0%"), std::string::npos);
}

TEST(Plan, ReachesTheRatioAskedFor) {
  for (const char* mode : {"tiny", "small", "base", "large"}) {
    for (const double ratio : {2.0, 5.0, 10.0, 20.0}) {
      const auto plan = plan_pages({mode, ratio, 4.3}, measured());
      ASSERT_TRUE(plan.ok()) << plan.status().message();
      EXPECT_GE(plan->characters_per_token() / 4.3, ratio) << mode;
      EXPECT_LE(plan->characters_per_token() / 4.3, ratio * 2) << mode;
    }
  }
  const auto plan = plan_pages({"tiny", 5, 4.3}, measured());
  ASSERT_TRUE(plan.ok());
  EXPECT_DOUBLE_EQ(*plan->expected_accuracy,
                   *measured().expect("tiny", plan->characters_per_token()));
}

TEST(Plan, PrefersMeasuredLayouts) {
  const auto sparse = plan_pages({"tiny", 3, 4.3}, measured());  // 12.9 characters a token
  ASSERT_TRUE(sparse.ok());
  EXPECT_EQ(sparse->layout.columns, 56);
  EXPECT_EQ(sparse->layout.rows_per_token, 3);
  const auto dense = plan_pages({"tiny", 10, 4.3}, measured());  // nothing so dense was measured
  ASSERT_TRUE(dense.ok());
  EXPECT_GE(dense->characters_per_token(), 43);
}

TEST(Plan, WithoutMeasurementsPromisesNothing) {
  for (const double ratio : {0.0, 5.0}) {
    const auto plan = plan_pages({.mode = "", .ratio = ratio}, {});
    ASSERT_TRUE(plan.ok());
    EXPECT_EQ(plan->mode.name, "tiny");
    EXPECT_FALSE(plan->expected_accuracy.has_value());
    EXPECT_NE(plan->note, "");
  }
  const auto base = plan_pages({.mode = "base"}, measured());
  ASSERT_TRUE(base.ok());
  EXPECT_NE(base->note.find("not measured in mode base"), std::string::npos);
}

TEST(Plan, RefusesWithASentence) {
  EXPECT_NE(error_of({.mode = "tny"}, {}).find("tny"), std::string::npos);
  EXPECT_NE(error_of({.mode = "gundam"}, {}).find("tiles"), std::string::npos);
  EXPECT_NE(error_of({.mode = "tiny", .ratio = 200}, {}).find("below 5 pixels"), std::string::npos);
  EXPECT_NE(error_of({.mode = "tiny", .ratio = 1e300}, {}).find("below 5 pixels"),
            std::string::npos);
  for (const double ratio : {-1.0, HUGE_VAL, std::nan("")}) {
    EXPECT_NE(error_of({.mode = "tiny", .ratio = ratio}, {}).find("above 0"), std::string::npos);
  }
}

}  // namespace
}  // namespace quire
