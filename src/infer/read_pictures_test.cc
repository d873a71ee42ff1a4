// The reading path of a document page against the golden cases, and the guards on it.
#include "infer/read_pictures.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "format/safetensors.h"
#include "format/test_support.h"
#include "image/upright.h"
#include "infer/golden_case.h"
#include "infer/loop_detector.h"
#include "infer/looping_model.h"
#include "infer/tiny_model.h"
#include "text/strip.h"
#include "text/tokenizer.h"

namespace quire {
namespace {

Image picture(int width, int height) {
  Image image(width, height);
  for (std::size_t i = 0; i < image.rgb.size(); ++i)
    image.rgb[i] = static_cast<std::uint8_t>(i * 2654435761u >> 13);
  return image;
}

ReadRequest request(std::string_view mode, std::size_t max_tokens) {
  ReadRequest asked;
  asked.prompt = "<image>\nFree OCR.";
  asked.mode = *find_mode(mode);
  asked.guard = *find_ngram_preset("off");
  asked.retries = 0;
  asked.max_tokens = max_tokens;
  return asked;
}

class GoldenPages : public testing::TestWithParam<std::pair<const char*, const char*>> {};
INSTANTIATE_TEST_SUITE_P(
    Case, GoldenPages,
    testing::Values(std::pair{"native512", "tiny"}, std::pair{"native640", "small"},
                    std::pair{"native1024", "base"}, std::pair{"native1280", "large"},
                    std::pair{"gundam_2x1", "gundam"}, std::pair{"gundam_2x3", "gundam"},
                    std::pair{"gundam_small_image", "gundam"}, std::pair{"text_only", "gundam"}),
    [](const auto& about) { return std::string(about.param.first); });

TEST_P(GoldenPages, AFileAndAPromptGiveTheReferencesWords) {
  const auto [name, mode] = GetParam();
  QUIRE_NEEDS_GOLDEN(name);
  const std::string folder = golden_path(name).string();
  const Result<GoldenCase> golden = GoldenCase::open(folder);
  ASSERT_TRUE(golden) << golden.status().message();
  const Result<TensorView> view = golden->tensors.find("greedy_ids");
  ASSERT_TRUE(view);
  std::vector<std::int32_t> ids(static_cast<std::size_t>(view->elements()));
  std::memcpy(ids.data(), view->bytes.data(), view->bytes.size());

  std::vector<Image> pictures;
  if (std::filesystem::exists(folder + "/input.png"))
    pictures.push_back(*read_upright(folder + "/input.png"));
  ReadRequest asked = request(mode, ids.size());
  asked.prompt = golden->input.prompt;
  const Result<PictureReading> reading = read_pictures(tiny_model(), pictures, asked);
  ASSERT_TRUE(reading) << reading.status().message();
  EXPECT_EQ(reading->answer.text, strip(tiny_model().tokenizer().decode(ids)));
  EXPECT_EQ(reading->answer.status, ReadStatus::kLimit) << "the cases are cut at 16 ids";
  EXPECT_EQ(reading->answer.tokens, ids.size());
  const Result<TensorView> prompt = golden->tensors.find("input_ids");
  EXPECT_EQ(reading->answer.prompt_tokens, static_cast<std::size_t>(prompt->elements()));
  const auto embeds = golden->tensors.find("vision_embeds");
  EXPECT_EQ(reading->sequence_tokens, embeds ? static_cast<std::size_t>(embeds->shape[0]) : 0u);
}

class ReadPicturesTest : public testing::Test {
 protected:
  void SetUp() override { QUIRE_NEEDS_GOLDEN("tiny-model"); }
};

TEST_F(ReadPicturesTest, SeveralPicturesStandWhereTheirMarksAre) {
  const std::vector<Image> both = {picture(300, 200), picture(50, 400)};
  ReadRequest asked = request("tiny", 4);
  asked.prompt = "First <image> then <image>\nFree OCR.";
  const auto reading = read_pictures(tiny_model(), both, asked);
  ASSERT_TRUE(reading) << reading.status().message();
  EXPECT_EQ(reading->vision_tokens, 2 * 64u);
  EXPECT_EQ(reading->sequence_tokens, 2 * 73u);
  // The same two the other way round are another prompt.
  const std::vector<Image> turned = {both[1], both[0]};
  EXPECT_NE(read_pictures(tiny_model(), turned, asked)->answer.probability,
            reading->answer.probability);

  asked.prompt = "<image>\nFree OCR.";
  const auto unfit = read_pictures(tiny_model(), both, asked);
  ASSERT_FALSE(unfit);
  EXPECT_NE(unfit.status().message().find("<image>"), std::string::npos);
}

TEST_F(ReadPicturesTest, PicturesOfAnyShape) {
  for (const auto& [width, height, mode] : {std::tuple{1, 1, "tiny"},
                                            {1, 1, "gundam"},
                                            {1, 3000, "base"},
                                            {3000, 1, "gundam"},
                                            {2, 700, "gundam"},
                                            {700, 3, "small"}}) {
    const Image image = picture(width, height);
    ReadRequest asked = request(mode, 1);
    asked.max_tiles = 2;
    const auto reading = read_pictures(tiny_model(), {&image, 1}, asked);
    ASSERT_TRUE(reading) << width << "x" << height << " " << mode;
    EXPECT_EQ(reading->answer.tokens, 1u);
  }
  const Image none;
  EXPECT_FALSE(read_pictures(tiny_model(), {&none, 1}, request("tiny", 1)));
}

TEST_F(ReadPicturesTest, FewerTilesWhereAsked) {
  const Image image = picture(1900, 1900);
  ReadRequest asked = request("gundam", 1);
  asked.max_tiles = 4;
  EXPECT_EQ(read_pictures(tiny_model(), {&image, 1}, asked)->vision_tokens, 256 + 4 * 100u);
}

// Whether a run of `ngram` ids stands there twice, the second time less than `window` behind, and
// its last id not one that may be repeated.
bool repeats(const std::vector<std::int32_t>& ids, std::size_t ngram, std::size_t window,
             const std::vector<std::int32_t>& exceptions = {}) {
  for (std::size_t end = ngram + 1; end <= ids.size(); ++end) {
    if (std::count(exceptions.begin(), exceptions.end(), ids[end - 1]) > 0) continue;
    const auto tail = ids.begin() + static_cast<std::ptrdiff_t>(end - ngram);
    for (std::size_t at = end - std::min(end, window); at + ngram < end; ++at) {
      if (std::equal(tail, tail + static_cast<std::ptrdiff_t>(ngram),
                     ids.begin() + static_cast<std::ptrdiff_t>(at)))
        return true;
    }
  }
  return false;
}

// What is said twice without a guard is not said twice with one, greedily or by chance.
TEST_F(ReadPicturesTest, GuardsHoldOnEveryPath) {
  constexpr std::size_t kWhole = 100000, kWindow = 90;
  const auto said = [](int window, int ngram, float temperature) {
    Question question;
    question.prompt = "Say it again.";
    question.guard = {"test", "this test", ngram, window};
    question.temperature = temperature;
    question.max_tokens = 1200;
    return ask(tiny_model(), {}, question)->ids;
  };
  for (const float temperature : {0.0f, 0.3f}) {
    EXPECT_TRUE(repeats(said(0, 0, temperature), 2, kWindow)) << "else this tests nothing";
    EXPECT_FALSE(repeats(said(0, 2, temperature), 2, kWhole));
    EXPECT_FALSE(repeats(said(kWindow, 2, temperature), 2, kWindow,
                         table_cell_ids(tiny_model().tokenizer())));
  }
}

using LoopingModelTest = FolderTest;

TEST_F(LoopingModelTest, ALoopIsStoppedAndAnotherGuardEndsIt) {
  QUIRE_NEEDS_GOLDEN("tiny-model");
  write_looping_model(folder_);
  const Result<Reader> reader = Reader::open(folder_.string());
  ASSERT_TRUE(reader) << reader.status().message();
  const Image image = picture(64, 64);
  ReadRequest asked = request("tiny", 8192);
  const auto looped = read_pictures(*reader, {&image, 1}, asked);
  ASSERT_TRUE(looped) << looped.status().message();
  EXPECT_EQ(looped->answer.status, ReadStatus::kLoop);
  EXPECT_EQ(looped->answer.tokens, LoopRule().min_tokens) << "no later than the rule allows";
  EXPECT_EQ(looped->answer.ids.size(), 1u) << "one turn is kept";
  EXPECT_EQ(looped->answer.ends.size(), 1u);

  asked.retries = kMaxRetries;
  const auto ended = read_pictures(*reader, {&image, 1}, asked);
  ASSERT_TRUE(ended) << ended.status().message();
  EXPECT_EQ(ended->answer.status, ReadStatus::kOk);
  ASSERT_EQ(ended->attempts.size(), 2u);
  EXPECT_EQ(ended->attempts[0].status, ReadStatus::kLoop);
  EXPECT_EQ(ended->attempts[1].way.guard.name, "20-whole");
  EXPECT_EQ(ended->chosen, 1u);
}

TEST_F(ReadPicturesTest, WhatDoesNotEndIsTriedOtherWaysAndIsNeverASuccess) {
  const Image image = picture(64, 64);
  ReadRequest asked = request("tiny", 12);
  asked.retries = kMaxRetries;
  std::vector<std::size_t> views, attempts;
  asked.on_progress = [&](const ReadProgress& now) {
    if (now.tokens == 0) {
      views.push_back(now.views);
      attempts.push_back(now.attempt);
    }
  };
  const auto reading = read_pictures(tiny_model(), {&image, 1}, asked);
  ASSERT_TRUE(reading) << reading.status().message();
  EXPECT_EQ(reading->attempts.size(), 5u);
  EXPECT_EQ(reading->answer.status, ReadStatus::kLimit) << "twelve tokens are no page";
  EXPECT_EQ(reading->attempts[2].way.mode.name, "small");
  EXPECT_EQ(reading->vision_tokens, 64u) << "those of the attempt that stands";
  EXPECT_EQ(views, (std::vector<std::size_t>{1, 1})) << "each mode is encoded once";
  EXPECT_EQ(attempts, (std::vector<std::size_t>{1, 3}));
}

TEST_F(ReadPicturesTest, ATextPromptIsNotLookedAtAgain) {
  ReadRequest asked = request("tiny", 3);
  asked.prompt = "Hello.";
  asked.retries = kMaxRetries;
  const auto reading = read_pictures(tiny_model(), {}, asked);
  ASSERT_TRUE(reading) << reading.status().message();
  EXPECT_EQ(reading->attempts.size(), 4u);
  EXPECT_EQ(reading->vision_tokens, 0u);
}

TEST_F(ReadPicturesTest, APromptThatDoesNotFitTheContextIsRefused) {
  const std::vector<Image> many(8, picture(1900, 1900));
  ReadRequest asked = request("gundam", 1);
  asked.prompt.clear();
  for (std::size_t i = 0; i < many.size(); ++i) asked.prompt += "<image>";
  asked.max_tiles = 2;
  asked.mode = *find_mode("tiny");
  EXPECT_TRUE(read_pictures(tiny_model(), many, asked));
  asked.prompt += std::string(9000, '!');
  const auto refused = read_pictures(tiny_model(), many, asked);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.status().code(), Code::kLimit);
}

TEST(Answer, ConfidenceIsTheGeometricMeanOfWhatIsAskedFor) {
  Answer answer;
  answer.text = "abcdef";
  answer.probability = {0.5f, 0.125f, 1.0f};
  answer.ends = {2, 4, 6};
  EXPECT_NEAR(answer.confidence(0, 2), 0.5, 1e-6);
  EXPECT_NEAR(answer.confidence(0, 4), 0.25, 1e-6);
  EXPECT_NEAR(answer.confidence(3, 5), std::sqrt(0.125), 1e-6) << "tokens that are cut count";
  EXPECT_NEAR(answer.confidence(4, 6), 1.0, 1e-6);
  EXPECT_EQ(answer.confidence(6, 6), 0);
  answer.ends.clear();
  EXPECT_NEAR(answer.confidence(4, 6), std::cbrt(0.5 * 0.125), 1e-6) << "of all, places unknown";
  EXPECT_EQ(Answer().confidence(0, 1), 0);
}

}  // namespace
}  // namespace quire
