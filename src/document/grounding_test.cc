#include "document/grounding.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "format/json.h"
#include "format/test_support.h"

namespace quire {
namespace {

TEST(Grounding, GoldenCases) {
  QUIRE_NEEDS_GOLDEN("grounding/cases.json");
  const auto cases = read_json(golden_path("grounding/cases.json").string());
  ASSERT_TRUE(cases) << cases.status().message();
  ASSERT_GE(cases->size(), 8u);
  for (const Json& c : *cases) {
    SCOPED_TRACE(c["raw"].dump());
    const Grounding grounding = parse_grounding(c["raw"].get<std::string>());
    EXPECT_EQ(grounding_to_markdown(grounding), c["markdown"].get<std::string>());
    Json boxes = Json::array();
    for (const Region& region : grounding.regions) {
      for (const GroundingBox& box : region.boxes) {
        const PixelBox p = box.pixels(1000, 1400);
        boxes.push_back({{"label", region.label},
                         {"norm", box.normalised},
                         {"px_1000x1400", {p.left, p.top, p.right, p.bottom}}});
      }
    }
    EXPECT_EQ(boxes, c["boxes"]);
  }
}

std::string tag(const std::string& label, const std::string& boxes) {
  return "<|ref|>" + label + "<|/ref|><|det|>" + boxes + "<|/det|>";
}

TEST(Grounding, EachRegionHasItsText) {
  const Grounding grounding =
      parse_grounding("before" + tag("title", "[[0, 0, 9, 9]]") + "\n# T\n" +
                      tag("text", "[[1,2,3,4],\n[5,6,7,8],]") + "body");
  EXPECT_EQ(grounding.before, "before");
  ASSERT_EQ(grounding.regions.size(), 2u);
  EXPECT_EQ(grounding.regions[0].label, "title");
  EXPECT_EQ(grounding.regions[0].text, "\n# T\n");
  EXPECT_EQ(grounding.regions[1].boxes.size(), 2u);
  EXPECT_EQ(grounding.regions[1].text, "body");
}

TEST(Grounding, ImagesAreNumberedAndLinkedWhereTheyAre) {
  const Grounding grounding =
      parse_grounding(tag("image", "[[0,0,9,9]]") + "a" + tag("text", "") + "b" + tag("image", ""));
  EXPECT_EQ(grounding_to_markdown(grounding), "![](images/0.jpg)\nab![](images/1.jpg)\n");
  EXPECT_EQ(grounding_to_markdown(grounding, "p/figures"),
            "![](p/figures/0.jpg)\nab![](p/figures/1.jpg)\n");
}

TEST(Grounding, TheShortestMatchAcrossLines) {
  // As the regular expression <\|ref\|>(.*?)<\|/ref\|><\|det\|>(.*?)<\|/det\|> matches, with
  // DOTALL.
  const Grounding grounding =
      parse_grounding("<|ref|>a<|ref|>b\nc" + tag("", "[[1,1,2,2]]").substr(7));
  ASSERT_EQ(grounding.regions.size(), 1u);
  EXPECT_EQ(grounding.regions[0].label, "a<|ref|>b\nc");
  EXPECT_EQ(parse_grounding("<|/det|>" + tag("x", "<|det|>") + "<|/det|>").regions[0].text,
            "<|/det|>");
}

TEST(Grounding, ListsThatDoNotParseGiveNoBoxes) {
  for (const char* boxes : {"",
                            "[",
                            "]",
                            "[]",
                            "[[]]",
                            "[[1,2,3]]",
                            "[[1,2,3,4,5]]",
                            "[1,2,3,4]",
                            "[[1,2,3,4]",
                            "[[1,2,3,4]]]",
                            "[[1,2,3,4]] x",
                            "[[1 2 3 4]]",
                            "[[-1,2,3,4]]",
                            "[[1.5,2,3,4]]",
                            "[[1,2,3,a]]",
                            "[[1,2,3,100000]]",
                            "[[99999999999999999999,0,1,1]]",
                            "[[,1,2,3]]",
                            "[[1,2,3,4],,]",
                            "[[[1,2,3,4]]]",
                            "\xFF\xFE",
                            "[[1,2,3,\xD9\xA4]]"}) {
    const Grounding grounding = parse_grounding(tag("text", boxes) + "t");
    ASSERT_EQ(grounding.regions.size(), 1u) << boxes;
    EXPECT_TRUE(grounding.regions[0].boxes.empty()) << boxes;
    EXPECT_EQ(grounding_to_markdown(grounding), "t") << boxes;
  }
  // A bad box among good ones costs only itself.
  EXPECT_EQ(parse_grounding(tag("text", "[[1,2,3,4],[5,6],[7,8,9,9]]")).regions[0].boxes.size(),
            2u);
}

TEST(Grounding, UnclosedTagsAreText) {
  for (const std::string text :
       {"<|ref|>", "<|ref|>a<|/ref|>", "<|ref|>a<|/ref|><|det|>[[1,2,3,4]]",
        "<|det|>[[1,2,3,4]]<|/det|>", "", "\xFF<|ref|\x80", "<|ref|>a<|/det|>"}) {
    const Grounding grounding = parse_grounding(text);
    EXPECT_TRUE(grounding.regions.empty());
    EXPECT_EQ(grounding_to_markdown(grounding), text);
  }
}

TEST(Grounding, PixelsStayInThePictureAndInOrder) {
  const GroundingBox whole{{0, 0, 999, 999}}, wild{{99999, 500, 0, 20}};
  EXPECT_EQ(whole.pixels(1, 1), (PixelBox{0, 0, 1, 1}));
  EXPECT_EQ(whole.pixels(1501, 900), (PixelBox{0, 0, 1501, 900}));
  EXPECT_EQ(wild.pixels(100, 200), (PixelBox{0, 4, 100, 100}));
  EXPECT_EQ((GroundingBox{{5, 5, 5, 5}}).pixels(10, 10).width(), 0);
  EXPECT_EQ(whole.pixels(0, 0), (PixelBox{0, 0, 0, 0}));
}

TEST(Grounding, MegabytesOfTagsAreLinear) {
  std::string many, open;
  for (int i = 0; i < 100'000; ++i) many += tag("text", "[[1,2,3,4]]") + "x";
  for (int i = 0; i < 1'000'000; ++i) open += "<|ref|>";
  EXPECT_EQ(parse_grounding(many).regions.size(), 100'000u);
  EXPECT_TRUE(parse_grounding(open).regions.empty());
  EXPECT_TRUE(parse_grounding(tag("x", std::string(1'000'000, '['))).regions[0].boxes.empty());
}

TEST(Grounding, NothingIsLost) {
  const std::string parts[] = {"<|ref|>",     "<|/ref|>", "<|det|>", "<|/det|>",
                               "[[1,2,3,4]]", "image",    "x"};
  std::mt19937 random(2);
  for (int round = 0; round < 2000; ++round) {
    std::string raw;
    for (int i = 0; i < 12; ++i) raw += parts[random() % 7];
    const Grounding grounding = parse_grounding(raw);
    std::size_t text = grounding.before.size(), tags = 0;
    for (const Region& region : grounding.regions) {
      text += region.text.size();
      tags += region.label.size() + std::string("<|ref|><|/ref|><|det|><|/det|>").size();
      EXPECT_LE(region.boxes.size(), 1u);
    }
    EXPECT_LE(text + tags, raw.size());
  }
}

}  // namespace
}  // namespace quire
