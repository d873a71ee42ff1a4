#include "app/inspection.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "format/test_support.h"

namespace quire {
namespace {

class InspectionTest : public FolderTest {};

Inspection must(const std::string& path) {
  const auto found = inspect(path);
  EXPECT_TRUE(found) << (found ? "" : found.status().message());
  return found ? *found : Inspection();
}

TEST_F(InspectionTest, APairIsShownWholeAndIsTheModelDirectory) {
  QUIRE_NEEDS_GOLDEN("gguf");
  const Inspection pair = must(golden_path("gguf/tiny-q8_0.gguf").string());
  const Inspection directory = must(golden_path("tiny-model").string());
  EXPECT_EQ(pair.kind, "gguf");
  EXPECT_EQ(pair.files.size(), 2u);
  EXPECT_EQ(pair.problem, "");
  EXPECT_EQ(pair.parameters(), directory.parameters());
  EXPECT_EQ(pair.modes.size(), directory.modes.size());
  EXPECT_GT(pair.modes.size(), 4u);
  const auto json = inspection_json(pair);
  EXPECT_EQ(json["config"]["general.architecture"], "deepseek2-ocr");
  EXPECT_EQ(json["config"]["mmproj.general.architecture"], "clip");
  EXPECT_EQ(json["parts"].size(), inspection_json(directory)["parts"].size());
  const std::string text = inspection_text(pair, false);
  for (const char* part : {"mmproj-tiny-q8_0.gguf", "decoder", "compressor", "Q8_0", "gundam"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part;
  }
}

TEST_F(InspectionTest, HalfAPairIsShownWithANote) {
  QUIRE_NEEDS_GOLDEN("gguf");
  std::filesystem::copy_file(golden_path("gguf/tiny-bf16.gguf"), path("alone.gguf"));
  const Inspection language = must(path("alone.gguf"));
  EXPECT_EQ(language.files.size(), 1u);
  EXPECT_NE(language.note.find("mmproj"), std::string::npos) << language.note;
  EXPECT_TRUE(language.modes.empty());
  const Inspection vision = must(golden_path("gguf/mmproj-tiny-bf16.gguf").string());
  EXPECT_NE(vision.note.find("vision half"), std::string::npos) << vision.note;
  EXPECT_EQ(vision.problem, "");
}

TEST_F(InspectionTest, HalvesThatDoNotBelongTogetherAreAnError) {
  QUIRE_NEEDS_GOLDEN("gguf");
  std::filesystem::copy_file(golden_path("gguf/tiny-bf16.gguf"), path("a.gguf"));
  std::filesystem::copy_file(golden_path("gguf/tiny-f16.gguf"), path("mmproj-a.gguf"));
  const auto found = inspect(path("a.gguf"));
  ASSERT_FALSE(found);
  EXPECT_NE(found.status().message().find("holds a language model"), std::string::npos);
}

}  // namespace
}  // namespace quire
