#include "document/figures.h"

#include <gtest/gtest.h>

#include "document/draw_boxes.h"
#include "format/image_file.h"
#include "format/test_support.h"

namespace quire {
namespace {

Image counted(int width, int height) {
  Image image(width, height);
  for (std::size_t i = 0; i < image.rgb.size(); ++i) image.rgb[i] = static_cast<std::uint8_t>(i);
  return image;
}

DocumentPage page_with(const std::string& boxes, int width, int height) {
  Answer answer;
  for (const char* label : {"text", "image", "image"})
    answer.text += std::string("<|ref|>") + label + "<|/ref|><|det|>" + boxes + "<|/det|>\n";
  return make_page(answer, width, height);
}

using FiguresTest = FolderTest;

TEST_F(FiguresTest, AreTheirPixelsBesideTheirPage) {
  const Image picture = counted(90, 60);
  const auto links = save_figures(page_with("[[111, 333, 555, 777]]", 90, 60), picture,
                                  {folder_.string(), "my (scan)"});
  ASSERT_TRUE(links) << links.status().message();
  EXPECT_EQ(*links, (std::vector<std::string>{"my%20%28scan%29_figures/0.png",
                                              "my%20%28scan%29_figures/1.png"}));
  const auto figure = read_image(path("my (scan)_figures/1.png"));
  ASSERT_TRUE(figure) << figure.status().message();
  EXPECT_EQ(figure->image.width, 40);
  EXPECT_EQ(figure->image.height, 26);
  EXPECT_EQ(figure->image.rgb, cut_out(picture, {10, 20, 50, 46}).rgb);
  EXPECT_EQ(figure->image.row(1)[3], picture.row(21)[33]);
}

TEST_F(FiguresTest, WithoutPixelsThereIsNoFile) {
  for (const char* boxes : {"[]", "[[5,5,5,900]]", "nonsense", "[[99999,0,99999,9]]"}) {
    const auto links =
        save_figures(page_with(boxes, 90, 60), counted(90, 60), {folder_.string(), "scan"});
    ASSERT_TRUE(links);
    EXPECT_EQ(*links, (std::vector<std::string>{"", ""})) << boxes;
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(FiguresTest, AFolderThatCannotBeWrittenIsNamed) {
  write("file", "");
  const auto links =
      save_figures(page_with("[[0,0,9,9]]", 999, 999), counted(999, 999), {path("file"), "scan"});
  ASSERT_FALSE(links);
  EXPECT_NE(links.status().message().find("file/scan_figures"), std::string::npos);
}

TEST(DrawBoxes, OutlinesAndNumbersInsideThePicture) {
  Block block;
  block.label = "text";
  block.boxes = {{100, 50, 300, 200}};
  const Image page(400, 300, 255);
  const Image drawn = draw_boxes(page, {&block, 1});
  const auto changed = [&](int x, int y) { return drawn.row(y)[3 * x] != 255; };
  EXPECT_TRUE(changed(200, 50) && changed(100, 120) && changed(299, 120) && changed(200, 199));
  EXPECT_FALSE(changed(200, 120) || changed(99, 120) || changed(300, 120) || changed(200, 200));
  // The number 1 is white on the colour of its label.
  EXPECT_TRUE(changed(101, 51));
  EXPECT_FALSE(changed(100 + 2 * 3, 50 + 3));

  for (const PixelBox& box :
       std::vector<PixelBox>{{0, 0, 0, 0}, {399, 299, 400, 300}, {0, 0, 400, 300}}) {
    block.boxes = {box};
    EXPECT_EQ(draw_boxes(page, {&block, 1}).rgb.size(), page.rgb.size());
    EXPECT_EQ(draw_boxes(Image(1, 1), {&block, 1}).width, 1);
  }
}

}  // namespace
}  // namespace quire
