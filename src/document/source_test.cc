#include "document/source.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <tiffio.h>

#include <thread>

#include "document/pdf_by_hand.h"
#include "format/png.h"
#include "format/test_support.h"

namespace quire {
namespace {

class SourceTest : public FolderTest {
 protected:
  // A grey page for each shade, written by libtiff. `kinds` are sub-file types.
  void write_tiff(const std::string& name, const std::vector<std::uint8_t>& shades,
                  const std::vector<std::uint32_t>& kinds = {}) {
    TIFF* tiff = TIFFOpen(path(name).c_str(), "w");
    ASSERT_NE(tiff, nullptr);
    for (std::size_t i = 0; i < shades.size(); ++i) {
      TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, 3);
      TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, 2);
      TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 8);
      TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
      TIFFSetField(tiff, TIFFTAG_SUBFILETYPE, i < kinds.size() ? kinds[i] : FILETYPE_PAGE);
      std::uint8_t row[3] = {shades[i], shades[i], shades[i]};
      TIFFWriteScanline(tiff, row, 0);
      TIFFWriteScanline(tiff, row, 1);
      TIFFWriteDirectory(tiff);
    }
    TIFFClose(tiff);
  }
};

TEST_F(SourceTest, APictureIsOnePage) {
  const auto png = encode_png(Image(5, 4, 77));
  ASSERT_TRUE(png.ok());
  write("a.pdf", *png);  // names say nothing
  const auto source = open_document(path("a.pdf"));
  ASSERT_TRUE(source.ok()) << source.status().message();
  EXPECT_EQ((*source)->kind(), "PNG");
  EXPECT_EQ((*source)->page_count(), 1);
  EXPECT_EQ((*source)->page(1)->image.width, 5);
  EXPECT_EQ(*(*source)->text_layer(1), "");
  EXPECT_EQ((*source)->page(2).status().code(), Code::kNotFound);
}

TEST_F(SourceTest, ATiffHasItsPagesWithoutThumbnailsAndMasks) {
  write_tiff("a.tif", {10, 20, 30, 40},
             {FILETYPE_PAGE, FILETYPE_REDUCEDIMAGE, FILETYPE_PAGE, FILETYPE_MASK});
  const auto source = open_document(path("a.tif"));
  ASSERT_TRUE(source.ok()) << source.status().message();
  EXPECT_EQ((*source)->kind(), "TIFF");
  ASSERT_EQ((*source)->page_count(), 2);
  EXPECT_EQ((*source)->page(2)->image.rgb[0], 30);
  EXPECT_EQ((*source)->page(1)->image.rgb[0], 10);  // in any order
  EXPECT_FALSE((*source)->page(0).ok());
  EXPECT_FALSE((*source)->page(3).ok());
}

TEST_F(SourceTest, ABrokenChainOfPagesIsNoticed) {
  write_tiff("a.tif", {10, 20, 30});
  std::string bytes = slurp(path("a.tif"));
  // The second directory leads to the third: lead it outside of the file.
  const auto word = [&](std::size_t at) {
    return static_cast<std::size_t>(static_cast<std::uint8_t>(bytes[at])) |
           static_cast<std::size_t>(static_cast<std::uint8_t>(bytes[at + 1])) << 8 |
           static_cast<std::size_t>(static_cast<std::uint8_t>(bytes[at + 2])) << 16;
  };
  const auto next_at = [&](std::size_t directory) {
    return directory + 2 + 12 * (word(directory) & 0xffff);
  };
  const std::size_t second = word(next_at(word(4)));
  bytes[next_at(second) + 2] = '\x7f';
  write("b.tif", bytes);
  const auto source = open_document(path("b.tif"));
  ASSERT_TRUE(source.ok()) << source.status().message();
  ASSERT_EQ((*source)->page_count(), 3);
  EXPECT_TRUE((*source)->page(2).ok());
  EXPECT_FALSE((*source)->page(3).ok());
  // And back to the first: an endless file.
  bytes[next_at(second)] = bytes[4];
  bytes[next_at(second) + 1] = bytes[5];
  bytes[next_at(second) + 2] = bytes[6];
  write("c.tif", bytes);
  const auto endless = open_document(path("c.tif"));
  EXPECT_TRUE(!endless.ok() || (*endless)->page_count() <= 3);
}

TEST_F(SourceTest, APdfHasPagesAndText) {
  write("a.png", pdf_by_hand({{.text = "One"}, {.text = "Two"}}));
  const auto source = open_document(path("a.png"));
  ASSERT_TRUE(source.ok()) << source.status().message();
  EXPECT_EQ((*source)->kind(), "PDF");
  ASSERT_EQ((*source)->page_count(), 2);
  EXPECT_EQ((*source)->page(2)->image.width, 400);
  EXPECT_NE((*source)->text_layer(2)->find("Two"), std::string::npos);
}

TEST_F(SourceTest, PagesOfOneDocumentAreReadByManyThreads) {
  write("a.pdf", pdf_by_hand({{}, {.box = "0 0 100 100"}, {.box = "0 0 50 50"}}));
  const auto source = open_document(path("a.pdf"));
  ASSERT_TRUE(source.ok());
  std::vector<std::thread> threads;
  std::vector<int> widths(6);
  for (std::size_t i = 0; i < widths.size(); ++i) {
    threads.emplace_back([&, i] {
      const auto page = (*source)->page(static_cast<int>(i % 3) + 1);
      if (page.ok()) widths[i] = page->image.width;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(widths, (std::vector<int>{400, 200, 100, 400, 200, 100}));
}

TEST_F(SourceTest, WhatIsNoDocumentIsRefusedByName) {
  EXPECT_EQ(open_document(path("missing")).status().code(), Code::kNotFound);
  EXPECT_FALSE(open_document(folder_.string()).ok());
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_FALSE(open_document(path("pipe")).ok());  // and nobody waits for a writer
  for (const std::string& bytes : {std::string(), std::string("hello"), std::string(100, '\0')}) {
    write("a", bytes);
    const auto source = open_document(path("a"));
    ASSERT_FALSE(source.ok());
    EXPECT_NE(source.status().message().find(path("a")), std::string::npos);
  }
  write("b.tif", "II*\0garbage that is no directory");
  EXPECT_FALSE(open_document(path("b.tif")).ok());
}

}  // namespace
}  // namespace quire
