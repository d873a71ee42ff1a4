// The GGUF pairs of the golden set through the whole engine: from picture to ids.
#include <gtest/gtest.h>

#include <filesystem>

#include "format/test_support.h"
#include "infer/verify.h"

namespace quire {
namespace {

namespace fs = std::filesystem;

constexpr double kReached = 2e-5;  // as in verify_test.cc

class GoldenPair : public FolderTest, public testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(Type, GoldenPair, testing::Values("bf16", "f16", "q8_0"),
                         [](const auto& about) { return std::string(about.param); });

// The expected results are a case's: the question is that of native640.
TEST_P(GoldenPair, GivesWhatTheReferenceGotFromItsWeights) {
  QUIRE_NEEDS_GOLDEN("gguf");
  const std::string type = GetParam();
  fs::copy_file(golden_path("native640/input.png"), path("input.png"));
  fs::copy_file(golden_path("native640/meta.json"), path("meta.json"));
  fs::copy_file(golden_path("gguf/expected-" + type + ".safetensors"), path("golden.safetensors"));
  const auto report =
      run_case(golden_path("gguf/tiny-" + type + ".gguf").string(), folder_.string(), kReached);
  ASSERT_TRUE(report) << report.status().message();
  EXPECT_GE(report->rows.size(), 8u);
  for (const VerifyRow& row : report->rows) {
    EXPECT_TRUE(row.pass) << row.tensor << ": error " << row.error << " " << row.note;
  }
}

// BF16 in a pair is the model directory, to every tap of every mode.
TEST(GoldenPairBf16, IsTheModelDirectory) {
  QUIRE_NEEDS_GOLDEN("gguf");
  for (const char* name : {"text_only", "native512", "gundam_2x1"}) {
    const auto report =
        run_case(golden_path("gguf/tiny-bf16.gguf").string(), golden_path(name).string(), kReached);
    ASSERT_TRUE(report) << report.status().message();
    for (const VerifyRow& row : report->rows) {
      EXPECT_TRUE(row.pass) << name << " " << row.tensor << ": " << row.error << " " << row.note;
    }
  }
}

}  // namespace
}  // namespace quire
