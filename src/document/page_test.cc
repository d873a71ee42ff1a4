#include "document/page.h"

#include <gtest/gtest.h>

namespace quire {
namespace {

const std::string kTag = "<|ref|>title<|/ref|><|det|>[[0, 0, 999, 100]]<|/det|>";
const std::string kFigure =
    "<|ref|>image<|/ref|><|det|>[[0, 0, 500, 999], [400, 0, 999, 500]]<|/det|>";

// The pieces of an answer, each one token of this probability.
Answer answer(const std::vector<std::pair<std::string, float>>& tokens) {
  Answer made;
  for (const auto& [text, probability] : tokens) {
    made.text += text;
    made.ends.push_back(made.text.size());
    made.probability.push_back(probability);
  }
  return made;
}

TEST(Page, BlocksHaveTheirPlaceTheirWordsAndTheirConfidence) {
  const DocumentPage page = make_page(answer({{"before\n", 0.25f},
                                              {kTag, 0.5f},
                                              {"\n# T", 0.9f},
                                              {"itle\n\n", 0.4f},
                                              {kFigure, 0.7f}}),
                                      999, 1998);
  ASSERT_EQ(page.blocks.size(), 3u);
  EXPECT_EQ(page.blocks[0].label, "");
  EXPECT_EQ(page.blocks[0].text, "before");
  EXPECT_NEAR(page.blocks[0].confidence, 0.25, 1e-6);
  EXPECT_EQ(page.blocks[1].label, "title");
  EXPECT_EQ(page.blocks[1].text, "# Title");
  EXPECT_EQ(page.blocks[1].boxes, (std::vector<PixelBox>{{0, 0, 999, 200}}));
  EXPECT_NEAR(page.blocks[1].confidence, 0.6, 1e-6) << "of the words, not of the tag";
  EXPECT_EQ(page.blocks[2].boxes.size(), 2u);
  EXPECT_NEAR(page.blocks[2].confidence, 0.7, 1e-6) << "a block without words has only its tag";
}

TEST(Page, FiguresAreLinkedOnlyWhereTheyAre) {
  const DocumentPage page = make_page(
      answer({{kFigure, 1}, {"a", 1}, {"<|ref|>image<|/ref|><|det|>oops<|/det|>", 1}, {"b", 1}}),
      999, 999);
  EXPECT_EQ(page.figures(), (std::vector<PixelBox>{{0, 0, 999, 999}, {}}));
  EXPECT_EQ(page.markdown({}), "ab");
  EXPECT_EQ(page.text(), "ab");
  const std::vector<std::string> links = {"f/0.png", ""};
  EXPECT_EQ(page.markdown(links), "![](f/0.png)\nab");
}

TEST(Page, NoAnswerIsAnEmptyPage) {
  const DocumentPage page = make_page({}, 10, 10);
  EXPECT_TRUE(page.blocks.empty());
  EXPECT_EQ(page.text(), "");
}

}  // namespace
}  // namespace quire
