// Files as a user might hand them in: good, broken, hostile. The model is the golden test model,
// whose words are random; what is tested is everything around them.
#include "document/read_document.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "document/page_json.h"
#include "format/png.h"
#include "format/png_by_hand.h"
#include "format/test_support.h"

namespace quire {
namespace {

class ReadDocumentTest : public FolderTest {
 protected:
  void SetUp() override {
    QUIRE_NEEDS_GOLDEN("tiny-model");
    request_.prompt = "<image>\nFree OCR.";
    request_.mode = *find_mode("tiny");
    request_.max_tokens = 3;
    request_.retries = 1;
  }

  static const Reader& reader() {
    static const Result<Reader> opened = Reader::open(golden_path("tiny-model").string());
    return *opened;
  }

  PageResult read(const std::string& name, const std::string& bytes) {
    write(name, bytes);
    const std::string paths[] = {path(name)};
    return read_document(reader(), paths, request_, true);
  }

  ReadRequest request_;
};

std::string png(int width, int height, std::uint8_t dot) {
  Image image(width, height);
  image.rgb[0] = dot;
  return *encode_png(image);
}

TEST_F(ReadDocumentTest, WhatIsNoPictureIsAnErrorThatNamesTheFile) {
  const std::string whole = png(60, 40, 0);
  const std::string bomb = png_by_hand::header(20'000, 20'000, 8, 2) +
                           png_by_hand::chunk("IDAT", "") + png_by_hand::end();
  for (const auto& [name, bytes] : std::vector<std::pair<std::string, std::string>>{
           {"empty.png", ""},
           {"text.png", "hello, I am a letter\n"},
           {"cut.png", whole.substr(0, whole.size() / 2)},
           {"head.png", whole.substr(0, 8)},
           {"bomb.png", bomb},
           {"page.pdf", "%PDF-1.7\n"}}) {
    const PageResult result = read(name, bytes);
    EXPECT_EQ(result.status, ReadStatus::kError) << name;
    EXPECT_NE(result.problem.find(name), std::string::npos) << result.problem;
    EXPECT_EQ(result.reading.answer.tokens, 0u);
  }
  EXPECT_NE(read("bomb.png", bomb).problem.find("20000 x 20000"), std::string::npos);
  const std::string missing[] = {path("missing.png")};
  EXPECT_NE(read_document(reader(), missing, request_, true).problem.find("missing.png"),
            std::string::npos);
}

TEST_F(ReadDocumentTest, ABlankPageIsNotShownToTheModel) {
  for (const PageResult& result :
       {read("a.png", png(300, 200, 255)), read("b.png", png(1, 1, 0))}) {
    EXPECT_EQ(result.status, ReadStatus::kEmpty);
    EXPECT_TRUE(result.blank);
    EXPECT_TRUE(result.problem.empty());
    EXPECT_TRUE(result.reading.attempts.empty());
  }
  // Asked what it sees, the model may look at anything.
  write("a.png", png(1, 1, 0));
  const std::string paths[] = {path("a.png")};
  const PageResult described = read_document(reader(), paths, request_, false);
  EXPECT_FALSE(described.blank);
  EXPECT_EQ(described.reading.attempts.size(), 2u);
}

TEST_F(ReadDocumentTest, APageThatDoesNotEndIsNotCalledRead) {
  const PageResult result = read("a.png", png(300, 200, 0));
  EXPECT_EQ(result.status, ReadStatus::kLimit);
  EXPECT_NE(result.problem.find("a.png: the model was still writing after 3 tokens"),
            std::string::npos)
      << result.problem;
  EXPECT_NE(result.problem.find("2 ways"), std::string::npos) << result.problem;
  EXPECT_FALSE(result.reading.answer.text.empty()) << "what there is is kept";
}

TEST_F(ReadDocumentTest, JsonHasTheFieldsThatScriptsLeanOn) {
  const PageResult result = read("a.png", png(300, 200, 0));
  const nlohmann::ordered_json json = page_json(result, {});
  for (const char* field : {"page", "text", "markdown", "boxes", "vision_tokens", "tokens",
                            "status", "seconds", "attempts", "confidence", "problem"})
    EXPECT_TRUE(json.contains(field)) << field;
  for (const char* field : {"load", "image", "encode", "prefill", "decode"})
    EXPECT_GE(json["seconds"].value(field, -1.0), 0) << field;
  EXPECT_EQ(json["vision_tokens"], 64);
  EXPECT_EQ(json["tokens"], 3);
  EXPECT_EQ(json["status"], "limit");
  ASSERT_EQ(json["attempts"].size(), 2u);
  EXPECT_EQ(json["attempts"][0]["ngram"], "20-whole");
  EXPECT_EQ(json["attempts"][1]["ngram"], "30/90");
  EXPECT_EQ(page_json(read("e.png", ""), {})["status"], "error");
}

TEST_F(ReadDocumentTest, BoxesAreInPixelsOfTheUprightPicture) {
  PageResult result;
  result.status = ReadStatus::kOk;
  result.reading.answer.text =
      "<|ref|>title<|/ref|><|det|>[[0, 0, 999, 500], [10, 20, 30, 40]]<|/det|>\nHi";
  result.page = make_page(result.reading.answer, 2000, 1000);
  const nlohmann::ordered_json boxes = page_json(result, {})["boxes"];
  ASSERT_EQ(boxes.size(), 2u);
  EXPECT_EQ(boxes[0]["label"], "title");
  EXPECT_EQ(boxes[0]["text"], "Hi");
  EXPECT_EQ(boxes[0]["xyxy"], (nlohmann::ordered_json{0, 0, 2000, 500}));
  EXPECT_EQ(boxes[1]["xyxy"], (nlohmann::ordered_json{20, 20, 60, 40}));
}

TEST_F(ReadDocumentTest, TheExifOrientationIsFollowed) {
  QUIRE_NEEDS_GOLDEN("preprocess/exif_6.png");
  const std::string paths[] = {golden_path("preprocess/exif_6.png").string()};
  const std::string plain[] = {golden_path("preprocess/exif_1.png").string()};
  const PageResult turned = read_document(reader(), paths, request_, true);
  const PageResult upright = read_document(reader(), plain, request_, true);
  EXPECT_EQ(turned.page.width, upright.page.height);
  EXPECT_EQ(turned.page.height, upright.page.width);
}

}  // namespace
}  // namespace quire
