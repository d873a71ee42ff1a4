// Folding and unfolding with a reader made here: it "reads" by looking up which page a picture is,
// so no weights are needed and its errors are ours to choose.
#include "fold/fold.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <random>

#include "base/thread_pool.h"
#include "fold/little_endian.h"
#include "fold/unfold.h"
#include "format/checksum.h"
#include "format/png.h"
#include "format/test_support.h"
#include "text/utf8.h"

namespace quire {
namespace {

// Turns the lines of a page into what the model makes of them.
using Eye = std::function<PageReading(const std::vector<std::u32string>& lines)>;

std::string joined(const std::vector<std::u32string>& lines) {
  std::string text;
  for (const std::u32string& line : lines) text += (text.empty() ? "" : "\n") + encode_utf8(line);
  return text;
}

PageReading perfect(const std::vector<std::u32string>& lines) {
  PageReading reading;
  reading.text = joined(lines);
  reading.tokens = reading.text.size();
  return reading;
}

// Drops, doubles and changes letters, the same ones whenever it reads the same page.
PageReading careless(const std::vector<std::u32string>& lines) {
  PageReading reading = perfect(lines);
  std::mt19937 random(static_cast<unsigned>(reading.text.size()));
  std::string seen;
  for (const char c : reading.text) {
    switch (random() % 12) {
      case 0:
        break;
      case 1:
        seen += {c, c};
        break;
      case 2:
        seen += '~';
        break;
      default:
        seen += c;
    }
  }
  reading.text = seen;
  return reading;
}

PageReading blind(const std::vector<std::u32string>&) {
  PageReading reading;
  reading.status = ReadStatus::kEmpty;
  return reading;
}

// A page's vision tokens are the checksum of its pixels, in 64 small numbers.
class FakeModel {
 public:
  explicit FakeModel(Eye eye, std::string fingerprint = "f00d") {
    reader.fingerprint = std::move(fingerprint);
    reader.encode = [](const Image& picture) -> Result<Tensor> {
      const std::string digest = sha256_hex(picture.rgb);
      const std::size_t side = static_cast<std::size_t>(picture.width) / 64;
      Tensor tokens(Shape{static_cast<std::int64_t>(side * side), 1});
      for (std::size_t i = 0; i < 64; ++i) tokens.values[i] = static_cast<float>(digest[i]);
      return tokens;
    };
    reader.read = [this, eye = std::move(eye)](const Tensor& tokens,
                                               const ReadOptions& options) -> Result<PageReading> {
      last_columns = options.columns;
      ++reads;
      const auto page = pages.find(key(tokens));
      if (page == pages.end()) return invalid("these tokens are of no page");
      return eye(page->second);
    };
  }

  static std::string key(const Tensor& tokens) {
    std::string digest;
    for (std::size_t i = 0; i < 64; ++i) digest += static_cast<char>(tokens.values[i]);
    return digest;
  }
  void learn(const std::u32string& text, const PageLayout& layout, Font& font) {
    const auto rendering = render_text(text, layout, font);
    ASSERT_TRUE(rendering.ok());
    for (const Page& page : rendering->pages) {
      pages[sha256_hex(page.picture.rgb)] = page.lines;
    }
  }

  PageReader reader;
  std::map<std::string, std::vector<std::u32string>> pages;
  std::atomic<int> last_columns = -1, reads = 0;
};

std::string sample_text() {
  std::string text = "Call me Ishmael.\tSome years ago\r\n";
  std::mt19937 random(9);
  while (text.size() < 2500) {
    for (std::size_t n = 1 + random() % 9; n > 0; --n)
      text += static_cast<char>('a' + random() % 26);
    text += random() % 15 == 0 ? "\n" : " ";
    if (random() % 40 == 0) text += "caf\u00E9 \u2014 \u201Cquoted\u201D ";
  }
  return text;
}

class FoldTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = Font::open("DejaVuSansMono");
    if (!opened) GTEST_SKIP() << opened.status().message();
    font_ = std::make_unique<Font>(*std::move(opened));
    auto plan = plan_pages({.mode = "tiny", .ratio = 4, .characters_per_text_token = 4}, {});
    ASSERT_TRUE(plan.ok());
    plan_ = *plan;
  }

  // Folds `bytes` into file_, with a model that has seen its pages.
  FoldBill fold_with(FakeModel& model, const std::string& bytes, FoldOptions options = {}) {
    auto text = check_text(bytes);
    EXPECT_TRUE(text.ok());
    model.learn(text->drawn, plan_.layout, *font_);
    file_.clear();
    pictures_.clear();
    FoldSink sink;
    sink.write = [this](std::string_view part) { return file_ += part, Status(); };
    sink.on_page = [this](const Page& page, std::size_t) {
      pictures_.push_back(page.picture);
      return Status();
    };
    const auto bill =
        fold(*text, bytes.size() / 4, "model", plan_, *font_, model.reader, options, sink);
    EXPECT_TRUE(bill.ok()) << bill.status().message();
    return bill.ok() ? *bill : FoldBill{};
  }

  Result<Unfolded> unfold_with(const FakeModel& model, const UnfoldOptions& options = {}) const {
    const auto file = QuireFile::parse(as_bytes(file_));
    if (!file) return file.status();
    return unfold(*file, model.reader, options);
  }

  std::unique_ptr<Font> font_;
  PagePlan plan_;
  std::string file_;
  std::vector<Image> pictures_;
};

TEST_F(FoldTest, TheBillAddsUp) {
  FakeModel model(perfect);
  const std::string text = sample_text();
  const FoldBill bill = fold_with(model, text);
  ASSERT_GE(bill.pages.size(), 3u);
  EXPECT_EQ(bill.vision_tokens, bill.pages.size() * 64);
  EXPECT_EQ(bill.sequence_tokens, bill.pages.size() * 73);
  EXPECT_EQ(bill.file_bytes, file_.size());
  EXPECT_EQ(bill.correction_bytes, 0u);
  EXPECT_DOUBLE_EQ(bill.ratio(), static_cast<double>(text.size() / 4) / bill.vision_tokens);
  EXPECT_EQ(model.reads, 0);  // nothing is read that nobody asked for

  const auto file = QuireFile::parse(as_bytes(file_));
  ASSERT_TRUE(file.ok()) << file.status().message();
  EXPECT_EQ(file->plan().font, "DejaVu Sans Mono Book");
  EXPECT_EQ(file->plan().model, "f00d");
  std::size_t characters = 0;
  for (std::size_t i = 0; i < file->pages().size(); ++i) {
    const QuirePage& page = file->pages()[i];
    characters += page.head.characters;
    const auto picture = decode_png(page.picture);  // lossless
    ASSERT_TRUE(picture.ok());
    EXPECT_EQ(picture->image.rgb, pictures_[i].rgb);
  }
  const auto checked = check_text(text);
  EXPECT_EQ(characters, checked->drawn.size());
}

TEST_F(FoldTest, APerfectReaderGetsTheTextBack) {
  FakeModel model(perfect);
  fold_with(model, sample_text());
  const auto unfolded = unfold_with(model);
  ASSERT_TRUE(unfolded.ok()) << unfolded.status().message();
  EXPECT_TRUE(unfolded->ok());
  const auto checked = check_text(sample_text());
  EXPECT_EQ(unfolded->text(), encode_utf8(checked->drawn));
  EXPECT_EQ(model.last_columns, plan_.layout.columns);
}

TEST_F(FoldTest, ExactIsExactWhateverTheReaderSees) {
  const std::vector<std::pair<std::string, Eye>> eyes = {
      {"perfect", perfect},
      {"careless", careless},
      {"blind", blind},
      {"raving",
       [](const auto&) {
         PageReading reading;
         for (int i = 0; i < 500; ++i) reading.text += "la la la\n";
         reading.status = ReadStatus::kLoop;
         return reading;
       }},
  };
  for (const std::string& text : {sample_text(), std::string("x"), std::string("\t\tx\r\n\r\r"),
                                  std::string("ends with\xC2\xA0 \n")}) {
    for (const auto& [name, eye] : eyes) {
      FakeModel model(eye);
      const FoldBill bill = fold_with(model, text, {.exact = true});
      EXPECT_GT(bill.correction_bytes, 0u);
      const auto unfolded = unfold_with(model);
      ASSERT_TRUE(unfolded.ok()) << name;
      EXPECT_EQ(unfolded->text(), text) << name;
      EXPECT_TRUE(unfolded->ok()) << name;
      for (const UnfoldedPage& page : unfolded->pages) EXPECT_TRUE(page.exact);
    }
  }
}

TEST_F(FoldTest, ExactIsExactInAProportionalFace) {
  auto sans = Font::open("DejaVuSans");
  if (!sans) GTEST_SKIP() << sans.status().message();
  *font_ = *std::move(sans);
  for (const Eye& eye : {Eye(perfect), Eye(careless)}) {
    FakeModel model(eye);
    // Pages are set one by one, which must come out as all at once.
    fold_with(model, sample_text(), {.exact = true});
    EXPECT_EQ(model.last_columns, 0);  // lines have no fixed number of characters
    const auto unfolded = unfold_with(model);
    ASSERT_TRUE(unfolded.ok());
    EXPECT_EQ(unfolded->text(), sample_text());
  }
}

TEST_F(FoldTest, CorrectionsBelongToOneModel) {
  FakeModel model(careless);
  fold_with(model, sample_text(), {.exact = true});
  FakeModel other(careless, "beef");
  other.pages = model.pages;
  const auto refused = unfold_with(other);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.status().message().find("folded exactly by the model f00d, this is beef"),
            std::string::npos);
  const auto rough = unfold_with(other, {.corrections = false});
  ASSERT_TRUE(rough.ok());
  EXPECT_TRUE(rough->ok());
  EXPECT_NE(rough->text(), sample_text());
}

TEST_F(FoldTest, AnotherReadingOfTheSameModelIsNoticed) {
  FakeModel model(careless);
  fold_with(model, sample_text(), {.exact = true});
  FakeModel elsewhere(perfect);  // the same weights, another machine's rounding
  elsewhere.pages = model.pages;
  const auto unfolded = unfold_with(elsewhere);
  ASSERT_TRUE(unfolded.ok());
  EXPECT_FALSE(unfolded->ok());
  for (const UnfoldedPage& page : unfolded->pages) {
    EXPECT_EQ(page.status, ReadStatus::kError);
    EXPECT_NE(page.problem.find("read differently"), std::string::npos);
    EXPECT_FALSE(page.text.empty());
  }
}

TEST_F(FoldTest, CachedTokensSpareTheEncoder) {
  for (const DType type : {DType::kF16, DType::kF32}) {
    FakeModel model(careless);
    fold_with(model, sample_text(), {.exact = true, .cache_tokens = type});
    int encoded = 0;
    const auto encode = model.reader.encode;
    model.reader.encode = [&](const Image& picture) { return ++encoded, encode(picture); };
    const auto unfolded = unfold_with(model);
    ASSERT_TRUE(unfolded.ok());
    EXPECT_EQ(unfolded->text(), sample_text());
    EXPECT_EQ(encoded, 0);

    // Another model can make nothing of them and looks at the pictures.
    model.reader.fingerprint = "beef";
    ASSERT_TRUE(unfold_with(model, {.corrections = false}).ok());
    EXPECT_GT(encoded, 0);
  }
}

TEST_F(FoldTest, PagesThatAreReadSideBySideMakeTheSameFile) {
  FakeModel model(careless);
  const FoldBill bill = fold_with(model, sample_text(), {.exact = true});
  const std::string file = file_;
  ASSERT_GE(bill.pages.size(), 3u);

  set_threads(2);
  model.reader.side_by_side = true;
  const FoldBill beside = fold_with(model, sample_text(), {.exact = true});
  EXPECT_EQ(file_, file);
  EXPECT_EQ(pictures_.size(), bill.pages.size());
  EXPECT_EQ(beside.correction_bytes, bill.correction_bytes);

  UnfoldOptions options;
  std::vector<std::size_t> done;
  options.on_page = [&](std::size_t pages) { done.push_back(pages); };
  const auto unfolded = unfold_with(model, options);
  set_threads(0);
  ASSERT_TRUE(unfolded.ok()) << unfolded.status().message();
  EXPECT_EQ(unfolded->text(), sample_text());
  ASSERT_EQ(done.size(), bill.pages.size());
  for (std::size_t i = 0; i < done.size(); ++i) EXPECT_EQ(done[i], i + 1);
}

TEST(ForEachPage, TakesEveryPageOnce) {
  for (const int threads : {1, 2, 5}) {
    set_threads(threads);
    for (const bool side_by_side : {false, true}) {
      PageReader reader;
      reader.side_by_side = side_by_side;
      for (std::size_t count = 0; count < 13; ++count) {
        std::vector<std::atomic<int>> taken(count);
        for_each_page(reader, count, [&](std::size_t i) { ++taken[i]; });
        for (const std::atomic<int>& times : taken) EXPECT_EQ(times, 1);
      }
    }
  }
  set_threads(0);
}

TEST_F(FoldTest, OneBadPageDoesNotStopTheBook) {
  int page = 0;
  FakeModel model([&](const auto& lines) {
    PageReading reading = perfect(lines);
    if (++page == 2) reading.status = ReadStatus::kLoop;
    return reading;
  });
  fold_with(model, sample_text());
  // And the third page's picture is damaged on disk.
  const auto whole = QuireFile::parse(as_bytes(file_));
  ASSERT_TRUE(whole.ok());
  ASSERT_GE(whole->pages().size(), 3u);
  file_[static_cast<std::size_t>(whole->pages()[2].picture.data() - as_bytes(file_).data()) + 99] ^=
      1;

  const auto unfolded = unfold_with(model);
  ASSERT_TRUE(unfolded.ok()) << unfolded.status().message();
  EXPECT_FALSE(unfolded->ok());
  EXPECT_EQ(unfolded->pages[0].status, ReadStatus::kOk);
  EXPECT_EQ(unfolded->pages[1].status, ReadStatus::kLoop);
  EXPECT_NE(unfolded->pages[1].problem.find("loop"), std::string::npos);
  EXPECT_EQ(unfolded->pages[2].status, ReadStatus::kError);
  EXPECT_NE(unfolded->pages[2].problem.find("the checksum of page 3"), std::string::npos);
  EXPECT_EQ(unfolded->pages[2].text, "");
}

TEST_F(FoldTest, PicturesAreCheckedBeforeTheyAreRead) {
  const std::string small = *encode_png(Image(64, 64)), text = "no picture at all";
  for (const std::string& picture : {small, text}) {
    QuireEncoder encoder;
    QuirePage page;
    page.head = {"tiny", plan_.layout, true, 10};
    page.picture = as_bytes(picture);
    file_ = encoder.begin({}) + encoder.page(page);
    file_ += encoder.finish();
    const auto unfolded = unfold_with(FakeModel(perfect));
    ASSERT_TRUE(unfolded.ok()) << unfolded.status().message();
    EXPECT_EQ(unfolded->pages[0].status, ReadStatus::kError);
    EXPECT_NE(unfolded->pages[0].problem.find("its picture"), std::string::npos);
  }
}

TEST_F(FoldTest, ErrorsOfModelAndDiskEndTheFold) {
  const auto text = check_text("some text");
  FakeModel model(perfect);  // that has seen no page
  FoldSink sink;
  sink.write = [](std::string_view) { return Status(); };
  const auto unread = fold(*text, 2, "model", plan_, *font_, model.reader, {.exact = true}, sink);
  ASSERT_FALSE(unread.ok());
  EXPECT_EQ(unread.status().message(), "page 1: these tokens are of no page");
  sink.write = [](std::string_view) { return io_error("the disk is full"); };
  EXPECT_EQ(fold(*text, 2, "model", plan_, *font_, model.reader, {}, sink).status().message(),
            "the disk is full");
}

TEST(PageText, PutsLinesTogetherAsThePlanSays) {
  const auto text = [](std::string_view lines, std::uint32_t characters, bool fixed = true) {
    return page_text(lines,
                     {"tiny", {.side = 64, .columns = 4, .rows_per_token = 3}, fixed, characters});
  };
  EXPECT_EQ(text("abcd\nefgh\nij", 10), "abcdefghij");
  EXPECT_EQ(text("abcd\nef\nij", 10), "abcdef  ij");  // a short line keeps the others in place
  EXPECT_EQ(text("abcdXX\nefgh", 8), "abcdefgh");     // a long one is cut
  EXPECT_EQ(text("abcd\n\nij", 10), "abcd    ij");
  EXPECT_EQ(text("abcd\nef", 7), "abcdef ");  // trailing space of the text
  EXPECT_EQ(text("abcd", 10), "abcd");        // nothing is made up
  EXPECT_EQ(text("abcd\nefgh\nijkl\nmnop", 10), "abcdefghij");
  EXPECT_EQ(text("a\u21B5\u21B5b\n\u21B5", 5), "a\n\nb\n");
  EXPECT_EQ(text("\xFF\xFE", 2), "\uFFFD\uFFFD");
  EXPECT_EQ(text("", 5), "");
  EXPECT_EQ(text("abcdef\ng\nhi", 9, false), "abcdefghi");  // no fixed pitch: lines as they are
}

TEST(PageText, ATokenThatIsReadWrongHarmsNoOther) {
  QuirePageHead head;
  head.fixed_pitch = true;
  head.layout = {512, 64, 2};  // 8 letters in each of a token's two lines
  head.characters = 1024;
  PageReading page;
  page.passes.assign(64, "abcdefgh\nijklmnop");
  page.passes[1] = "12345678\n";                     // a line too few
  page.passes[2] = "123456789x\n12\n!!!\n!!!\n!!!";  // lines too long and too many
  page.passes[63] = "ab\nc";
  const std::string text = page_text(page, head);
  EXPECT_EQ(text.substr(0, 32), "abcdefgh1234567812345678abcdefgh");
  EXPECT_EQ(text.substr(64, 32), "ijklmnop        12      ijklmnop");
  EXPECT_EQ(text.substr(128, 8), "abcdefgh") << "the next row of tokens stands where it should";
  EXPECT_EQ(text.size(), 1017u) << "nothing is made up behind the last letter";
}

TEST(PageText, LineMarksBecomeLineEndsInCellsToo) {
  QuirePageHead head;
  head.fixed_pitch = true;
  head.layout = {512, 64, 2};
  head.characters = 11;
  PageReading page;
  page.passes.assign(64, "ab\u21B5cdefg");
  EXPECT_EQ(page_text(page, head), "ab\ncdefgab\n");
  page.passes = {"one pass alone"};
  page.text = "all in one";
  EXPECT_EQ(page_text(page, head), "all in one ") << "a line, filled up";
}

}  // namespace
}  // namespace quire
