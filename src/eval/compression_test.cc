#include "eval/compression.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <set>

#include "base/file.h"
#include "text/utf8.h"

namespace quire {
namespace {

namespace fs = std::filesystem;

// A folder of texts, and tools that read without a model. Tokens are four characters long.
class Compression : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!Font::open("DejaVuSansMono").ok()) GTEST_SKIP() << "the DejaVu fonts are not installed";
    folder_ =
        fs::path(::testing::TempDir()) /
        (std::string("quire_") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder_);
    std::string story;
    for (int i = 0; i < 400; ++i) {
      story += "Sentence number " + std::string(1 + i % 7, 'x') +
               " of a story about ships, whales, winds and men who never came home again from "
               "their last voyage\n";
    }
    ASSERT_TRUE(write_file((folder_ / "story.txt").string(), story).ok());
    Result<TextFolder> texts = TextFolder::open(folder_.string());
    ASSERT_TRUE(texts.ok()) << texts.status().message();
    texts_ = std::move(*texts);

    options_.modes = {kModes[0]};
    options_.pages = 2;
    tools_.tokenizer = "four characters a token";
    tools_.count_tokens = [](std::string_view text) { return decode_utf8_lossy(text).size() / 4; };
    tools_.read = [](const Page& page, const PageLayout&) -> Result<StudyReading> {
      return StudyReading{join_lines(page.lines), ReadStatus::kOk};
    };
  }
  void TearDown() override {
    if (!folder_.empty()) fs::remove_all(folder_);
  }
  CompressionStudy run() {
    Result<CompressionStudy> study = run_compression_study(texts_, options_, tools_);
    EXPECT_TRUE(study.ok()) << study.status().message();
    return study ? *study : CompressionStudy();
  }

  fs::path folder_;
  TextFolder texts_;
  CompressionOptions options_;
  CompressionTools tools_;
};

TEST(PageScore, CountsWordsAndCharacters) {
  const PageScore same = score_page(U"one two three", U"one two three");
  EXPECT_DOUBLE_EQ(same.precision, 1);
  EXPECT_DOUBLE_EQ(same.exact_chars, 1);

  // Two of three words said are meant, two of four meant are said; repeats do not count.
  const PageScore some = score_page(U"a bb cx a", U"a bb c dd");
  EXPECT_DOUBLE_EQ(some.precision, 2.0 / 3);
  EXPECT_DOUBLE_EQ(some.recall, 2.0 / 4);

  // "abcd" to "abxd": one substitution, three characters in their place.
  const PageScore letters = score_page(U"abxd", U"abcd");
  EXPECT_DOUBLE_EQ(letters.one_minus_ed, 0.75);
  EXPECT_DOUBLE_EQ(letters.exact_chars, 0.75);
  // Extra characters cost 1-ED, not exactness.
  const PageScore longer = score_page(U"abcdabcd", U"abcd");
  EXPECT_DOUBLE_EQ(longer.one_minus_ed, 0.5);
  EXPECT_DOUBLE_EQ(longer.exact_chars, 1);

  const PageScore nothing = score_page(U"", U"abcd");
  EXPECT_DOUBLE_EQ(nothing.one_minus_ed, 0);
  EXPECT_DOUBLE_EQ(nothing.exact_chars, 0);
  EXPECT_DOUBLE_EQ(score_page(U"", U"").exact_chars, 1);
}

TEST(BinName, SpansOneRatio) {
  EXPECT_EQ(bin_name(2), "2-3");
  EXPECT_EQ(bin_name(19), "19-20");
}

TEST_F(Compression, PerfectReadingsScoreOneAtEveryLevel) {
  options_.modes = {kModes[0], kModes[1]};
  const CompressionStudy study = run();
  std::set<std::string> seen;
  for (const CompressionRow& row : study.rows) {
    seen.insert(row.mode + std::string(row_of(row.kind).name));
    EXPECT_DOUBLE_EQ(row.score.precision, 1);
    EXPECT_DOUBLE_EQ(row.score.recall, 1);
    EXPECT_DOUBLE_EQ(row.score.one_minus_ed, 1);
    EXPECT_DOUBLE_EQ(row.score.exact_chars, 1);
    EXPECT_EQ(row.pages, 2);
    EXPECT_EQ(row.failed, 0);
    EXPECT_EQ(row.vision_tokens, row.mode == "tiny" ? 64u : 100u);
    EXPECT_EQ(row.sequence_tokens, row.mode == "tiny" ? 73u : 111u);
    // Pages are full: the density is that of the layout.
    const int q = row.mode == "tiny" ? 8 : 10;
    EXPECT_DOUBLE_EQ(row.characters_per_token,
                     static_cast<double>(row.columns) * row.rows_per_token / q);
    EXPECT_NEAR(row.ratio, row.characters_per_token / 4, 0.01);
    EXPECT_EQ(row.bin, static_cast<int>(row.ratio));
    EXPECT_EQ(row.font, "DejaVu Sans Mono Book");
  }
  EXPECT_EQ(seen.size(), 6u);
  EXPECT_EQ(study.tokenizer, tools_.tokenizer);
}

TEST_F(Compression, RatiosRunFromTheFirstToTheLast) {
  options_.kinds = {TextKind::kProse};
  const CompressionStudy study = run();
  ASSERT_EQ(study.rows.size(), 10u);
  for (std::size_t i = 0; i < study.rows.size(); ++i) {
    const double wanted = 2.0 + 2.0 * static_cast<double>(i);
    EXPECT_GE(study.rows[i].ratio, wanted * 0.98);
    EXPECT_LE(study.rows[i].ratio, wanted * 1.15);
  }
}

TEST_F(Compression, LevelsAreCharactersOnATokenForAllKinds) {
  options_.levels = {21, 8, 21};
  const CompressionStudy study = run();
  ASSERT_EQ(study.rows.size(), 6u);
  for (std::size_t i = 0; i < 6; ++i)
    EXPECT_DOUBLE_EQ(study.rows[i].characters_per_token, i % 2 == 0 ? 8 : 21);
}

TEST_F(Compression, BadReadingsAreCountedNotHidden) {
  options_.levels = {12};
  options_.kinds = {TextKind::kLetters};
  int page_number = 0;
  tools_.read = [&](const Page& page, const PageLayout&) -> Result<StudyReading> {
    // The first page is read whole, of the second nothing.
    if (page_number++ == 0) return StudyReading{join_lines(page.lines), ReadStatus::kOk};
    return StudyReading{U"", ReadStatus::kLoop};
  };
  const CompressionStudy study = run();
  ASSERT_EQ(study.rows.size(), 1u);
  EXPECT_DOUBLE_EQ(study.rows[0].score.one_minus_ed, 0.5);
  EXPECT_DOUBLE_EQ(study.rows[0].score.recall, 0.5);
  EXPECT_EQ(study.rows[0].failed, 1);
}

TEST_F(Compression, PagesAreTheSameEachTimeAndTakeTheFontsInTurn) {
  options_.levels = {10};
  options_.kinds = {TextKind::kProse};
  options_.pages = 4;
  options_.fonts = {"DejaVuSansMono", "DejaVuSansMono-Bold"};
  std::vector<Page> pages;
  tools_.read = [&](const Page& page, const PageLayout&) -> Result<StudyReading> {
    pages.push_back(page);
    return StudyReading{U"?", ReadStatus::kOk};
  };
  const CompressionStudy first = run();
  run();
  ASSERT_EQ(pages.size(), 8u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(pages[i].lines, pages[i + 4].lines);
    EXPECT_EQ(pages[i].picture.rgb, pages[i + 4].picture.rgb);
  }
  EXPECT_EQ(first.rows.at(0).font, "DejaVu Sans Mono Book, DejaVu Sans Mono Bold");
}

TEST_F(Compression, ProportionalFacesFillThePageToo) {
  if (!Font::open("DejaVuSans").ok()) GTEST_SKIP() << "DejaVuSans is not installed";
  options_.levels = {10};
  options_.fonts = {"DejaVuSans"};
  tools_.read = [&](const Page& page, const PageLayout& layout) -> Result<StudyReading> {
    EXPECT_EQ(static_cast<int>(page.lines.size()), layout.rows());
    return StudyReading{join_lines(page.lines), ReadStatus::kOk};
  };
  for (const CompressionRow& row : run().rows) EXPECT_DOUBLE_EQ(row.score.exact_chars, 1);
}

TEST_F(Compression, ProgressCanEndTheStudy) {
  options_.levels = {8, 16};
  options_.kinds = {TextKind::kProse};
  tools_.progress = [](int done, int total, const std::string& what) {
    EXPECT_EQ(total, 4);
    EXPECT_NE(what.find("tiny"), std::string::npos);
    return done < 3;
  };
  EXPECT_EQ(run().rows.size(), 1u);  // the second level was not finished
}

TEST_F(Compression, OptionsWithoutSenseAreRefused) {
  const auto refused = [&](const std::function<void(CompressionOptions&)>& spoil) {
    CompressionOptions options = options_;
    spoil(options);
    const Result<CompressionStudy> study = run_compression_study(texts_, options, tools_);
    return !study.ok() && !study.status().message().empty();
  };
  EXPECT_TRUE(refused([](auto& o) { o.modes.clear(); }));
  EXPECT_TRUE(refused([](auto& o) { o.modes = {*find_mode("gundam")}; }));
  EXPECT_TRUE(refused([](auto& o) { o.kinds.clear(); }));
  EXPECT_TRUE(refused([](auto& o) { o.pages = 0; }));
  EXPECT_TRUE(refused([](auto& o) { o.pages = 1'000'000'000; }));
  EXPECT_TRUE(refused([](auto& o) { o.fonts.clear(); }));
  EXPECT_TRUE(refused([](auto& o) { o.fonts = {"no such face"}; }));
  EXPECT_TRUE(refused([](auto& o) { o.levels = {0}; }));
  EXPECT_TRUE(refused([](auto& o) { o.levels = {1'000'000}; }));
  EXPECT_TRUE(refused([](auto& o) { o.first_ratio = 30; }));
  EXPECT_TRUE(refused([](auto& o) { o.first_ratio = -1; }));
  EXPECT_TRUE(refused([](auto& o) { o.last_ratio = 1e9; }));
  EXPECT_TRUE(refused([](auto& o) { o.ratio_step = 0; }));
  EXPECT_TRUE(refused([](auto& o) { o.ratio_step = std::nan(""); }));
}

TEST_F(Compression, ErrorsOfTheReaderEndTheStudy) {
  tools_.read = [](const Page&, const PageLayout&) -> Result<StudyReading> {
    return unsupported("this model reads no pages");
  };
  const Result<CompressionStudy> study = run_compression_study(texts_, options_, tools_);
  ASSERT_FALSE(study.ok());
  EXPECT_EQ(study.status().message(), "this model reads no pages");
}

}  // namespace
}  // namespace quire
