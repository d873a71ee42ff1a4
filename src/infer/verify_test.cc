// The whole engine against the golden vectors: every tensor from pixels to logits, every greedy id,
// on every set of kernels this machine has.
#include "infer/verify.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace quire {
namespace {

std::filesystem::path golden(const std::string& name) {
  const char* root = std::getenv("QUIRE_GOLDEN");
  return std::filesystem::path(root ? root : QUIRE_GOLDEN_DIR) / name;
}

// What the reference is accurate to; 1e-4 is the rule.
constexpr double kReached = 2e-5;

class Golden : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Case, Golden,
                         testing::Values("text_only", "native512", "native640", "native1024",
                                         "native1280", "gundam_2x1", "gundam_2x3",
                                         "gundam_small_image"),
                         [](const auto& about) { return std::string(about.param); });

TEST_P(Golden, EveryTensorAndEveryId) {
  if (!std::filesystem::exists(golden(GetParam())))
    GTEST_SKIP() << "the golden vectors are not here";
  const auto report =
      run_case(golden("tiny-model").string(), golden(GetParam()).string(), kReached);
  ASSERT_TRUE(report) << report.status().message();
  EXPECT_GE(report->rows.size(), 10u);
  for (const VerifyRow& row : report->rows) {
    EXPECT_TRUE(row.pass) << row.tensor << ": error " << row.error << " " << row.note;
  }
}

TEST(Verify, SaysWhatIsWrong) {
  const auto none = run_case("/nonexistent", "/nonexistent");
  ASSERT_FALSE(none);
  EXPECT_NE(none.status().message().find("/nonexistent/config.json"), std::string::npos);
  if (!std::filesystem::exists(golden("tiny-model")))
    GTEST_SKIP() << "the golden vectors are not here";
  const auto no_case = run_case(golden("tiny-model").string(), "/nonexistent");
  ASSERT_FALSE(no_case);
  EXPECT_NE(no_case.status().message().find("/nonexistent/golden.safetensors"), std::string::npos);
  // A tolerance nothing can keep: rows fail, the report says which.
  const auto strict = run_case(golden("tiny-model").string(), golden("text_only").string(), 0.0);
  ASSERT_TRUE(strict) << strict.status().message();
  EXPECT_FALSE(strict->pass());
  EXPECT_GT(strict->worst_error(), 0.0);
}

}  // namespace
}  // namespace quire
