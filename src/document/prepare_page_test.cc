#include "document/prepare_page.h"

#include <gtest/gtest.h>

#include "document/pdf_by_hand.h"
#include "document/source.h"
#include "format/test_support.h"
#include "image/turn.h"

namespace quire {
namespace {

// A page of text from a PDF that Debian's own tools could have made: Poppler sets the words.
class PreparePageTest : public FolderTest {
 protected:
  Image page_of_text() {
    std::string drawing = "BT /F1 11 Tf 14 TL 60 780 Td\n";
    for (int line = 0; line < 40; ++line) {
      drawing += "(" + std::string(kLines[line % 4]) + ") Tj T*\n";
    }
    drawing += "ET";
    write("a.pdf",
          pdf_of_objects({"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
                          "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R"
                          "/Resources<</Font<</F1 4 0 R>>>>>>",
                          "<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>",
                          "<</Length " + std::to_string(drawing.size()) + ">>stream\n" + drawing +
                              "\nendstream"}));
    const auto source = open_document(path("a.pdf"));
    EXPECT_TRUE(source.ok()) << source.status().message();
    const auto page = (*source)->page(1);
    EXPECT_TRUE(page.ok());
    return page.ok() ? page->image : Image();
  }

  static constexpr const char* kLines[] = {
      "It was the best of times, it was the worst of times, it was the age of wisdom,",
      "it was the age of foolishness, it was the epoch of belief, it was the epoch of",
      "incredulity, it was the season of Light, it was the season of Darkness, it was",
      "the spring of hope, it was the winter of despair, we had everything before us,"};
};

TEST_F(PreparePageTest, APageIsTurnedUpright) {
  const Image upright = page_of_text();
  ASSERT_FALSE(upright.rgb.empty());
  for (const int turned : {0, 90, 180, 270}) {
    const Image laid_down = turned_clockwise(upright, turned);
    const PreparedPage page = prepare_page(laid_down);
    EXPECT_EQ((page.turned + turned) % 360, 0);
    EXPECT_EQ(page.image.rgb, upright.rgb);
    EXPECT_FALSE(page.blank);
    EXPECT_EQ(page.parts.size(), 1U);
    EXPECT_EQ(prepare_page(laid_down, {.turn = false}).image.rgb, laid_down.rgb);
  }
}

TEST_F(PreparePageTest, BlankPagesAreNeitherTurnedNorCut) {
  const PreparedPage page = prepare_page(Image(4000, 3000));
  EXPECT_TRUE(page.blank);
  EXPECT_EQ(page.turned, 0);
  EXPECT_EQ(page.parts.size(), 1U);
}

TEST_F(PreparePageTest, SmallOnesAreLaidOnASheet) {
  Image small(40, 20);
  small.rgb[0] = 0;
  EXPECT_GT(prepare_page(small).image.width, 40);
  EXPECT_EQ(prepare_page(small, {.lay_small = false}).image.width, 40);
  EXPECT_EQ(prepare_page(small).parts[0].width(), prepare_page(small).image.width);
}

PageResult reading(ReadStatus status, const std::string& text) {
  PageResult result;
  result.status = status;
  result.reading.answer.text = text;
  result.reading.answer.tokens = text.size();
  result.reading.vision_tokens = 100;
  result.page = make_page(result.reading.answer, 10, 10);
  if (!is_success(status)) result.problem = "no end";
  return result;
}

PageResult read_all(const std::vector<ReadStatus>& ends) {
  PreparedPage page;
  page.image = Image(10 * static_cast<int>(ends.size()), 10);
  for (int i = 0; i < static_cast<int>(ends.size()); ++i) {
    page.parts.push_back({10 * i, 0, 10 * i + 10, 10});
  }
  std::size_t next = 0;
  return read_prepared(std::move(page), [&](Image part) {
    EXPECT_EQ(part.width, 10);
    const std::size_t i = next++;
    return reading(ends[i], ends[i] == ReadStatus::kEmpty ? "" : "part" + std::to_string(i + 1));
  });
}

TEST(ReadPrepared, PartsBecomeOnePage) {
  const PageResult page = read_all({ReadStatus::kOk, ReadStatus::kEmpty, ReadStatus::kOk});
  EXPECT_EQ(page.status, ReadStatus::kOk);
  EXPECT_EQ(page.page.text(), "part1\n\npart3");
  EXPECT_EQ(page.reading.answer.tokens, 10U);
  EXPECT_EQ(page.reading.vision_tokens, 300U);
  EXPECT_EQ(page.picture.width, 30);
  EXPECT_EQ(page.problem, "");
}

TEST(ReadPrepared, TheWorstPartIsThePagesEnd) {
  const PageResult page = read_all({ReadStatus::kLoop, ReadStatus::kOk, ReadStatus::kError});
  EXPECT_EQ(page.status, ReadStatus::kError);
  EXPECT_EQ(page.problem, "part 1 of 3: no end; part 3 of 3: no end");
  EXPECT_EQ(read_all({ReadStatus::kEmpty, ReadStatus::kEmpty}).status, ReadStatus::kEmpty);
  EXPECT_EQ(read_all({ReadStatus::kLimit}).problem, "no end");  // one part is handed through
}

}  // namespace
}  // namespace quire
