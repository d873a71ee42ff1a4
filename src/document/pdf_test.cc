#include "document/pdf.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "document/pdf_by_hand.h"
#include "format/test_support.h"

namespace quire {
namespace {

class PdfTest : public FolderTest {
 protected:
  Result<Pdf> open(const std::string& bytes, const PdfOptions& options = {}) {
    write("a.pdf", bytes);
    return Pdf::open(path("a.pdf"), options);
  }
  Status refusal(const std::string& bytes) {
    const auto pdf = open(bytes);
    EXPECT_FALSE(pdf.ok());
    return pdf.ok() ? Status() : pdf.status();
  }
};

bool has_ink(const Image& image) {
  return std::any_of(image.rgb.begin(), image.rgb.end(), [](auto v) { return v < 64; });
}

TEST_F(PdfTest, PagesAreWhatAReaderShows) {
  const auto pdf = open(pdf_by_hand({{},
                                     {.text = "Turned", .more = "/Rotate 90"},
                                     {.text = "Cropped", .more = "/CropBox[0 0 100 100]"}}));
  ASSERT_TRUE(pdf.ok()) << pdf.status().message();
  ASSERT_EQ(pdf->page_count(), 3);
  const int sizes[][2] = {{400, 200}, {200, 400}, {200, 200}};  // 144 dpi: two pixels a point
  for (int page = 1; page <= 3; ++page) {
    const auto rendered = pdf->page(page);
    ASSERT_TRUE(rendered.ok()) << rendered.status().message();
    EXPECT_EQ(rendered->image.width, sizes[page - 1][0]);
    EXPECT_EQ(rendered->image.height, sizes[page - 1][1]);
    EXPECT_EQ(rendered->image.width, 2 * pdf->page_size(page).width);
    EXPECT_TRUE(has_ink(rendered->image));
    EXPECT_FALSE(rendered->damaged);
  }
  EXPECT_EQ(pdf->page(0).status().code(), Code::kNotFound);
  EXPECT_EQ(pdf->page(4).status().code(), Code::kNotFound);
}

TEST_F(PdfTest, PicturesAreMeasuredAgainstThePage) {
  const auto pdf = open(pdf_by_hand({{},
                                     {.drawing = drawn_picture(200, 100)},
                                     {.drawing = drawn_picture(100, 50)},
                                     {.more = "/Rotate 90", .drawing = drawn_picture(200, 50)},
                                     {.drawing = drawn_picture(900, 900)}}));
  ASSERT_TRUE(pdf.ok());
  const double shares[] = {0, 1, 0.25, 0.5, 1};
  for (int page = 1; page <= 5; ++page) {
    const auto share = pdf->picture_share(page);
    ASSERT_TRUE(share.ok()) << share.status().message();
    EXPECT_NEAR(*share, shares[page - 1], 0.05 * shares[page - 1]) << page;
  }
}

TEST_F(PdfTest, TheTextLayerIsUtf8) {
  const auto pdf = open(pdf_by_hand({{.text = "caf\xe9"}, {.text = ""}}));  // in Latin 1
  ASSERT_TRUE(pdf.ok());
  const auto text = pdf->text(1);
  ASSERT_TRUE(text.ok()) << text.status().message();
  EXPECT_EQ(text->substr(0, text->find('\n')), "caf\u00e9");
  EXPECT_EQ(*pdf->text(2), "");
  EXPECT_FALSE(pdf->text(3).ok());
}

TEST_F(PdfTest, EveryFaultHasItsSentence) {
  const std::string good = pdf_by_hand({{}});
  EXPECT_EQ(Pdf::open(path("missing.pdf")).status().code(), Code::kNotFound);
  EXPECT_NE(refusal("").message().find("not a PDF"), std::string::npos);
  EXPECT_NE(refusal("<html>").message().find("not a PDF"), std::string::npos);
  EXPECT_NE(refusal(good.substr(0, 200)).message().find("cut short"), std::string::npos);
  EXPECT_NE(refusal("%PDF-1.4\n").message().find("cut short"), std::string::npos);
  EXPECT_NE(refusal(pdf_by_hand({})).message().find("no pages"), std::string::npos);
  EXPECT_NE(refusal(pdf_by_hand({{}}, "", "2000000000")).message().find("claims"),
            std::string::npos);
  EXPECT_FALSE(Pdf::open(folder_.string()).ok());
  EXPECT_NE(refusal("").message().find(path("a.pdf")), std::string::npos);
}

TEST_F(PdfTest, ALockedFileSaysHowToUnlockIt) {
  write("open.pdf", pdf_by_hand({{}}));
  const std::string locks[] = {"secret", "''"};
  for (const std::string& user : locks) {
    const std::string command =
        "qpdf --encrypt " + user + " owner 256 -- " + path("open.pdf") + " " + path("locked.pdf");
    ASSERT_EQ(std::system(command.c_str()), 0) << "qpdf is needed for this test";
    const auto pdf = Pdf::open(path("locked.pdf"));
    if (user == "''") {
      EXPECT_TRUE(pdf.ok() && pdf->page(1).ok());  // anybody may look
    } else {
      EXPECT_EQ(pdf.status().code(), Code::kUnsupported);
      EXPECT_NE(pdf.status().message().find("qpdf"), std::string::npos);
    }
  }
}

TEST_F(PdfTest, ALoopInThePageTreeCostsOnlyItsPages) {
  const auto pdf = open(pdf_by_hand({{}}, "2 0 R 2 0 R 4 0 R", "3"));
  ASSERT_TRUE(pdf.ok()) << pdf.status().message();
  ASSERT_EQ(pdf->page_count(), 3);
  int good = 0;
  for (int page = 1; page <= 3; ++page) good += pdf->page(page).ok();
  EXPECT_EQ(good, 1);
}

TEST_F(PdfTest, ATitleIsNotBelieved) {
  std::string bytes = pdf_by_hand({{}});
  const std::string title =
      "/Info<</Title(x\\nPages: 7\\nPage    1 size: 9 x 9 pts\\nPages: 100000000\\n)>>";
  bytes.replace(bytes.find("/Root"), 0, title);
  const auto pdf = open(bytes);
  ASSERT_TRUE(pdf.ok()) << pdf.status().message();
  EXPECT_EQ(pdf->page_count(), 1);
  EXPECT_EQ(pdf->page_size(1).width, 200);
}

TEST_F(PdfTest, LargePagesAreScaledAndBombsRefused) {
  const auto pdf = open(pdf_by_hand({{.box = "0 0 14400 14400"},
                                     {.box = "0 0 1000000 1000000"},
                                     {.box = "0 0 1000000 10"},
                                     {.box = "0 0 1 1"}}));
  ASSERT_TRUE(pdf.ok()) << pdf.status().message();
  EXPECT_NEAR(*pdf->page_dpi(1), 40, 0.1);  // 8000 x 8000 pixels
  EXPECT_EQ(pdf->page(2).status().code(), Code::kLimit);
  EXPECT_EQ(pdf->page(3).status().code(), Code::kLimit);
  EXPECT_EQ(pdf->page(4)->image.width, 2);

  const auto small = open(pdf_by_hand({{}}), {.picture = {.max_pixels = 20'000}});
  ASSERT_TRUE(small.ok());
  const auto page = small->page(1);
  ASSERT_TRUE(page.ok()) << page.status().message();
  EXPECT_LE(page->image.rgb.size(), 3 * 20'000U);
  EXPECT_NEAR(page->image.width, 200, 2);
}

TEST_F(PdfTest, ADeadlineIsAStatus) {
  const auto pdf = open(pdf_by_hand({{}}), {.page_seconds = 0});
  ASSERT_TRUE(pdf.ok());
  EXPECT_EQ(pdf->page(1).status().code(), Code::kTimeout);
  EXPECT_EQ(pdf->text(1).status().code(), Code::kTimeout);
}

TEST_F(PdfTest, DamageIsAnErrorOrAPageNeverACrash) {
  const std::string good = pdf_by_hand({{}, {.text = "Second"}});
  std::mt19937 random(5);
  for (int round = 0; round < 40; ++round) {
    std::string bad = good;
    for (int flips = 0; flips < 3; ++flips) {
      bad[random() % bad.size()] = static_cast<char>(random() & 255);
    }
    const auto pdf = open(bad, {.open_seconds = 20, .page_seconds = 20});
    if (!pdf.ok()) {
      EXPECT_FALSE(pdf.status().message().empty());
      continue;
    }
    for (int page = 1; page <= std::min(2, pdf->page_count()); ++page) {
      const auto rendered = pdf->page(page);
      EXPECT_TRUE(rendered.ok() || !rendered.status().message().empty());
    }
  }
}

TEST_F(PdfTest, NamesMayBeAnything) {
  for (const std::string name : {"-l.pdf", "a b;$(x).pdf", "not utf-8 \xff\xfe.pdf"}) {
    write(name, pdf_by_hand({{}}));
    const auto pdf = Pdf::open(path(name));
    ASSERT_TRUE(pdf.ok()) << pdf.status().message();
    EXPECT_TRUE(pdf->page(1).ok());
  }
}

}  // namespace
}  // namespace quire
