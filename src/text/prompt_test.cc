#include "text/prompt.h"

#include <gtest/gtest.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "format/json.h"
#include "format/safetensors.h"
#include "format/test_support.h"

namespace quire {
namespace {

using Ids = std::vector<std::int32_t>;

Ids golden_ids(const std::string& name) {
  const auto file = SafetensorsFile::open(golden_path(name + "/golden.safetensors").string());
  if (!file) return {};
  const auto view = file->find("input_ids");
  if (!view) return {};
  Ids ids(static_cast<std::size_t>(view->elements()));
  std::memcpy(ids.data(), view->bytes.data(), view->bytes.size());
  return ids;
}

TEST(Prompt, GivesTheIdsOfEveryGoldenCase) {
  QUIRE_NEEDS_GOLDEN("tiny-model");
  const auto tokenizer = Tokenizer::load(golden_path("tiny-model/tokenizer.json").string());
  ASSERT_TRUE(tokenizer) << tokenizer.status().message();
  int cases = 0;
  for (const auto& entry : std::filesystem::directory_iterator(golden_path(""))) {
    const std::filesystem::path meta_path = entry.path() / "meta.json";
    if (!std::filesystem::exists(meta_path)) continue;
    SCOPED_TRACE(meta_path.string());
    const auto meta = read_json(meta_path.string());
    ASSERT_TRUE(meta);
    std::vector<std::size_t> counts;
    if (meta->contains("n_image_tokens")) counts.push_back((*meta)["n_image_tokens"]);
    const auto prompt = build_prompt(*tokenizer, (*meta)["prompt"].get<std::string>(), counts);
    ASSERT_TRUE(prompt) << prompt.status().message();
    EXPECT_EQ(prompt->ids, golden_ids(entry.path().filename().string()));
    EXPECT_EQ(prompt->images.size(), counts.size());
    ++cases;
  }
  EXPECT_GE(cases, 8);
}

// A tokenizer of bytes, BOS 256 and <image> 257.
Tokenizer bytes_only() {
  Vocabulary v;
  for (int b = 0; b < 256; ++b) {
    v.tokens.push_back(b >= 0x21 && b <= 0x7E ? std::string(1, static_cast<char>(b)) : "");
  }
  v.added = {{256, "<｜begin▁of▁sentence｜>", true, false}, {257, "<image>", true, false}};
  auto made = Tokenizer::from_vocabulary(v);
  EXPECT_TRUE(made);
  return *std::move(made);
}

TEST(Prompt, SeveralPicturesStandWhereTheirMarksStood) {
  const Tokenizer tokenizer = bytes_only();
  const std::vector<std::size_t> counts = {2, 0, 3};
  const auto prompt = build_prompt(tokenizer, " \n<image>a<image><image>b\u3000\t", counts);
  ASSERT_TRUE(prompt) << prompt.status().message();
  EXPECT_EQ(prompt->ids, (Ids{256, 257, 257, 'a', 257, 257, 257, 'b'}));
  ASSERT_EQ(prompt->images.size(), 3u);
  EXPECT_EQ(prompt->images[0].begin, 1u);
  EXPECT_EQ(prompt->images[1].count, 0u);
  EXPECT_EQ(prompt->images[2].begin, 4u);
  EXPECT_EQ(prompt->images[2].count, 3u);
}

TEST(Prompt, TextAloneAndNothingAtAll) {
  const Tokenizer tokenizer = bytes_only();
  EXPECT_EQ(build_prompt(tokenizer, "ab", {})->ids, (Ids{256, 'a', 'b'}));
  EXPECT_EQ(build_prompt(tokenizer, " \n ", {})->ids, Ids{256});
  EXPECT_EQ(build_prompt(tokenizer, "", {})->ids, Ids{256});
}

TEST(Prompt, MarksAndPicturesMustAgree) {
  const Tokenizer tokenizer = bytes_only();
  const std::vector<std::size_t> one = {4};
  for (const char* text : {"", "a", "<image><image>"}) {
    const auto prompt = build_prompt(tokenizer, text, one);
    ASSERT_FALSE(prompt);
    EXPECT_EQ(prompt.status().code(), Code::kInvalid);
    EXPECT_NE(prompt.status().message().find("pictures is 1"), std::string::npos);
  }
}

TEST(Prompt, LocateNamesWhatToFind) {
  EXPECT_EQ(locate_prompt("total"), "<image>\nLocate <|ref|>total<|/ref|> in the image.");
}

}  // namespace
}  // namespace quire
