#include "format/gguf_pair.h"

#include "format/gguf_writer.h"
#include "format/test_support.h"

namespace quire {
namespace {

class GgufPairTest : public FolderTest {
 protected:
  void half(const std::string& name, const char* architecture) const {
    ASSERT_TRUE(
        write_gguf(path(name), {{"general.architecture", GgufValue::string(architecture)}}, {})
            .ok());
  }
  void expect_error(const std::string& name, std::initializer_list<const char*> parts) const {
    const auto pair = GgufPair::open(path(name));
    ASSERT_FALSE(pair);
    for (const char* part : parts) {
      EXPECT_NE(pair.status().message().find(part), std::string::npos) << pair.status().message();
    }
  }
};

TEST_F(GgufPairTest, IsFoundByItsLanguageFileOrItsFolder) {
  half("ocr.gguf", kLanguageArchitecture);
  half("mmproj-f16.gguf", kVisionArchitecture);
  for (const std::string& name : {path("ocr.gguf"), folder_.string()}) {
    EXPECT_TRUE(is_gguf_model(name));
    const auto pair = GgufPair::open(name);
    ASSERT_TRUE(pair) << pair.status().message();
    EXPECT_EQ(pair->paths.language, path("ocr.gguf"));
    EXPECT_EQ(pair->paths.vision, path("mmproj-f16.gguf"));
  }
}

TEST_F(GgufPairTest, TheVisionFileOfTheSameNameComesFirst) {
  half("a.gguf", kLanguageArchitecture);
  half("mmproj-a.gguf", kVisionArchitecture);
  half("mmproj-b.gguf", kVisionArchitecture);
  EXPECT_EQ(GgufPair::open(path("a.gguf"))->paths.vision, path("mmproj-a.gguf"));
  half("c.gguf", kLanguageArchitecture);
  expect_error("c.gguf", {"c.gguf", "mmproj-a.gguf, mmproj-b.gguf", "mmproj-c.gguf"});
  expect_error("", {"several language files", "a.gguf, c.gguf"});
}

TEST_F(GgufPairTest, MixedUpHalvesAreSaidToBe) {
  half("mmproj-a.gguf", kVisionArchitecture);
  expect_error("mmproj-a.gguf", {"mmproj-a.gguf: this is the vision half", "name the language"});
  expect_error("", {"no language file", "mmproj-a.gguf"});
  half("a.gguf", kVisionArchitecture);
  expect_error("a.gguf", {"a.gguf: this is the vision half"});
  half("a.gguf", kLanguageArchitecture);
  half("mmproj-a.gguf", kLanguageArchitecture);
  expect_error("a.gguf", {"mmproj-a.gguf", "holds a language model"});
}

TEST_F(GgufPairTest, WhatIsMissingIsNamed) {
  half("a.gguf", kLanguageArchitecture);
  expect_error("a.gguf", {"a.gguf", "vision half is missing", "mmproj-*.gguf"});
  expect_error("b.gguf", {"b.gguf", "no such file"});
}

TEST_F(GgufPairTest, OtherArchitecturesAndPartsAreRefused) {
  half("a.gguf", "llama");
  expect_error("a.gguf", {"'llama'", "deepseek2-ocr"});
  ASSERT_TRUE(write_gguf(path("b.gguf"), {}, {}).ok());
  expect_error("b.gguf", {"b.gguf", "general.architecture"});
  ASSERT_TRUE(write_gguf(path("c.gguf"),
                         {{"general.architecture", GgufValue::string(kLanguageArchitecture)},
                          {"split.count", GgufValue::u32(3)}},
                         {})
                  .ok());
  expect_error("c.gguf", {"one of 3 parts"});
}

TEST_F(GgufPairTest, AModelDirectoryIsNone) {
  write("config.json", "{}");
  half("a.gguf", kLanguageArchitecture);
  EXPECT_FALSE(is_gguf_model(folder_.string()));
  EXPECT_TRUE(is_gguf_model(path("a.gguf")));
  EXPECT_TRUE(is_gguf_model(path("absent.gguf")));
  EXPECT_FALSE(is_gguf_model(path("absent")));
}

}  // namespace
}  // namespace quire
