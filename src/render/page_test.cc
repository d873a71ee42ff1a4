#include "render/page.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace quire {
namespace {

// Faces that Debian's fonts-dejavu-core and fonts-liberation bring.
Font open_font(const char* name) {
  Result<Font> font = Font::open(name, {"DejaVuSansMono"});
  EXPECT_TRUE(font.ok()) << font.status().message();
  return std::move(*font);
}

const std::u32string kProse =
    U"It was a dark and stormy night; the rain fell in torrents, except at occasional intervals, "
    U"when it was checked by a violent gust of wind.\nA second paragraph, with caf\u00E9 and "
    U"\u201Cquotes\u201D\u2014and more words to fill the page with than one line can hold.";

// The darkest pixel inside a box.
int darkest(const Image& picture, const Glyph& glyph) {
  int value = 255;
  for (int y = static_cast<int>(glyph.y0); y < static_cast<int>(std::ceil(glyph.y1)); ++y) {
    for (int x = static_cast<int>(glyph.x0); x < static_cast<int>(std::ceil(glyph.x1)); ++x) {
      if (x < picture.width && y < picture.height)
        value = std::min<int>(value, picture.row(y)[x * 3]);
    }
  }
  return value;
}

TEST(Render, TheTextComesBackFromTheRows) {
  for (const char* name :
       {"DejaVuSansMono", "LiberationMono-Regular", "DejaVuSans", "LiberationSerif-Regular"}) {
    Font font = open_font(name);
    std::u32string text;
    for (int i = 0; i < 20; ++i) text += kProse + U"\n";
    const Result<Rendering> rendering = render_text(text, {}, font);
    ASSERT_TRUE(rendering.ok());
    ASSERT_GT(rendering->pages.size(), 1u) << name;
    std::u32string back;
    std::size_t end = 0;
    for (const Page& page : rendering->pages) {
      EXPECT_EQ(page.text_begin, end);
      end = page.text_end;
      back += join_lines(page.lines);
    }
    EXPECT_EQ(back, text) << name;
    EXPECT_EQ(rendering->unknown_characters, 0u);
  }
}

TEST(Render, EveryGlyphIsInItsBox) {
  for (const char* name : {"DejaVuSansMono", "DejaVuSans"}) {
    Font font = open_font(name);
    const Result<Rendering> rendering = render_text(kProse, {}, font);
    ASSERT_TRUE(rendering.ok());
    const Page& page = rendering->pages.front();
    ASSERT_EQ(page.glyphs.size(), kProse.size());
    for (const Glyph& glyph : page.glyphs) {
      EXPECT_LT(glyph.x0, glyph.x1);
      EXPECT_LE(glyph.x1, 512.5f);
      EXPECT_LE(glyph.y1, 512.5f);
      if (glyph.character == U' ') continue;
      EXPECT_LT(darkest(page.picture, glyph), 160)
          << name << " " << static_cast<unsigned>(glyph.character);
    }
  }
}

TEST(Render, MonospacedRowsAreFilled) {
  Font font = open_font("DejaVuSansMono");
  const PageLayout layout;
  const Result<Rendering> rendering = render_text(std::u32string(3000, U'x'), layout, font);
  ASSERT_TRUE(rendering.ok());
  const Page& page = rendering->pages.front();
  EXPECT_EQ(page.lines.size(), static_cast<std::size_t>(layout.rows()));
  for (const auto& line : page.lines)
    EXPECT_EQ(line.size(), static_cast<std::size_t>(layout.columns));
  EXPECT_EQ(page.text_end, static_cast<std::size_t>(layout.capacity()));
}

TEST(Render, UnknownCharactersAreCountedAndShown) {
  Font font = open_font("LiberationMono-Regular");
  const std::u32string text = U"ab\U00012345\U00012345\x01z";
  const Result<Rendering> rendering = render_text(text, {}, font);
  ASSERT_TRUE(rendering.ok());
  EXPECT_EQ(rendering->unknown_characters, 3u);
  EXPECT_EQ(rendering->unknown_examples, (std::vector<char32_t>{U'\U00012345', 1}));
  EXPECT_LT(darkest(rendering->pages.front().picture, rendering->pages.front().glyphs[2]), 160);
}

TEST(Render, NewlinesTabsAndNothing) {
  Font font = open_font("DejaVuSansMono");
  const Result<Rendering> lines = render_text(U"a\r\nb\rc\td", {}, font);
  ASSERT_TRUE(lines.ok());
  EXPECT_EQ(join_lines(lines->pages.front().lines), U"a\nb\nc    d");
  const Result<Rendering> nothing = render_text(U"", {}, font);
  ASSERT_TRUE(nothing.ok());
  EXPECT_TRUE(nothing->pages.empty());
}

TEST(Render, LayoutsHoldWhatIsAskedWithWholeCharactersInATokens) {
  for (const int side : {512, 640, 1024, 1280}) {
    const int tokens = side / kTokenPixels * (side / kTokenPixels);
    for (int characters = tokens; characters < tokens * 100; characters += tokens / 3 + 1) {
      const Result<PageLayout> layout = layout_for(side, characters);
      ASSERT_TRUE(layout.ok()) << side << " " << characters;
      EXPECT_GE(layout->capacity(), characters);
      EXPECT_LE(layout->capacity(), characters * 2);
      EXPECT_EQ(layout->columns % (side / kTokenPixels), 0);
      EXPECT_GE(static_cast<double>(side) / layout->rows(), 5.0);
    }
  }
  EXPECT_EQ(layout_for(512, 1000000).status().code(), Code::kLimit);
  EXPECT_FALSE(layout_for(500, 100).ok());
  EXPECT_FALSE(layout_for(512, 0).ok());
}

TEST(Render, AMissingFontSaysWhatToDo) {
  const Result<Font> font = Font::open("NoSuchFace");
  ASSERT_FALSE(font.ok());
  EXPECT_EQ(font.status().code(), Code::kNotFound);
  EXPECT_NE(font.status().message().find("NoSuchFace"), std::string::npos);
  EXPECT_FALSE(Font::open("/dev/null").ok());
  EXPECT_FALSE(Font::open(__FILE__).ok());
}

}  // namespace
}  // namespace quire
