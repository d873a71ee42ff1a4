#include "eval/texts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/file.h"
#include "text/utf8.h"

namespace quire {
namespace {

namespace fs = std::filesystem;

const std::string kStory =
    "The ship left harbour before dawn, and nobody waved.\n"
    "By noon the wind had turned; the captain (a quiet man) counted 12 sails behind us.\n"
    "We ate bread, cheese and apples, slept badly, and woke to rain on the deck above.\n";

class Texts : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) /
              ::testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& bytes) {
    ASSERT_TRUE(write_file((folder_ / name).string(), bytes).ok());
  }
  Result<TextFolder> open() { return TextFolder::open(folder_.string()); }
  std::u32string passage(TextKind kind, std::size_t length, std::uint64_t seed = 1,
                         std::uint64_t index = 0) {
    const Result<TextFolder> texts = open();
    EXPECT_TRUE(texts.ok()) << texts.status().message();
    if (!texts) return {};
    const Result<std::u32string> text = texts->passage(kind, length, seed, index);
    EXPECT_TRUE(text.ok()) << text.status().message();
    return text ? *text : std::u32string();
  }

  fs::path folder_;
};

TEST_F(Texts, KindsHaveNames) {
  for (const TextKindRow& row : kTextKinds) {
    EXPECT_EQ(text_kind(row.name), row.kind);
    EXPECT_EQ(&row_of(row.kind), &row);
  }
  EXPECT_EQ(text_kind("poetry"), std::nullopt);
}

TEST_F(Texts, ProseBeginsAtParagraphsAndIsTheSameEachTime) {
  write("a.txt", kStory);
  std::set<std::u32string> seen;
  for (std::uint64_t i = 0; i < 20; ++i) {
    const std::u32string text = passage(TextKind::kProse, 60, 7, i);
    EXPECT_EQ(text.size(), 60u);
    EXPECT_NE(encode_utf8(text).find_first_of("TBW"), std::string::npos);
    const std::size_t at = kStory.find(encode_utf8(text));
    ASSERT_NE(at, std::string::npos);
    EXPECT_TRUE(at == 0 || kStory[at - 1] == '\n');
    EXPECT_EQ(text, passage(TextKind::kProse, 60, 7, i));
    seen.insert(text);
  }
  EXPECT_EQ(seen.size(), 3u);
}

TEST_F(Texts, BlankLinesDivideParagraphsWhereThereAreSome) {
  write("a.txt", "One line\nand its second line.\n\nAnother line of this story\nand its second.\n" +
                     std::string("\nfar away over hills we go until night falls down on us all") +
                     " alpha beta gamma delta epsilon zeta eta theta\n");
  for (std::uint64_t i = 0; i < 20; ++i) {
    const std::u32string text = passage(TextKind::kProse, 3, 1, i);
    EXPECT_TRUE(text == U"One" || text == U"Ano" || text == U"far") << encode_utf8(text);
  }
}

TEST_F(Texts, ProseRunsOnIntoTheNextFile) {
  write("a.txt", "Alone.");
  write("b.txt", kStory);
  bool crossed = false;
  for (std::uint64_t i = 0; i < 40; ++i)
    crossed |= passage(TextKind::kProse, 20, 1, i) == U"Alone.\nThe ship left";
  EXPECT_TRUE(crossed);
}

TEST_F(Texts, FilesNamedProseAreTheProse) {
  write("latin1_de.txt", "Ganz und gar nicht englisch ist dieser Satz.\n");
  write("prose_story.txt", kStory);
  for (std::uint64_t i = 0; i < 20; ++i)
    EXPECT_EQ(encode_utf8(passage(TextKind::kProse, 40, 1, i)).find("Ganz"), std::string::npos);
}

TEST_F(Texts, WordsComeFromTheProseOrFromTheList) {
  write("a.txt", kStory);
  const std::string mixed = encode_utf8(passage(TextKind::kWords, 400));
  EXPECT_EQ(mixed.size(), 400u);
  EXPECT_EQ(mixed.find_first_of("0123456789.,;()\n"), std::string::npos) << mixed;
  std::string list;
  for (char c = 'a'; c < 'z'; ++c) list += std::string(3, c) + "\n";
  write("words.txt", list);
  const std::string listed = encode_utf8(passage(TextKind::kWords, 399));
  for (std::size_t i = 0; i < listed.size(); ++i) EXPECT_EQ(listed[i] == ' ', i % 4 == 3) << listed;
  // The list is no prose.
  EXPECT_EQ(encode_utf8(passage(TextKind::kProse, 50)).find("aaa"), std::string::npos);
}

TEST_F(Texts, LettersAreStringsOfOneToTen) {
  write("a.txt", kStory);
  const std::u32string text = passage(TextKind::kLetters, 5000);
  EXPECT_EQ(text.size(), 5000u);
  std::set<std::size_t> lengths;
  std::size_t length = 0;
  for (const char32_t c : text) {
    if (c == U' ') {
      lengths.insert(std::exchange(length, 0));
    } else {
      EXPECT_TRUE((c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z'));
      ++length;
    }
  }
  EXPECT_EQ(*lengths.begin(), 1u);
  EXPECT_EQ(*lengths.rbegin(), 10u);
  EXPECT_EQ(lengths.size(), 10u);
  EXPECT_NE(text, passage(TextKind::kLetters, 5000, 1, 1));
  EXPECT_NE(text, passage(TextKind::kLetters, 5000, 2, 0));
}

TEST_F(Texts, BytesThatAreNoTextAreLeftOut) {
  write("a.txt",
        "\xEF\xBB\xBF" + kStory.substr(0, 10) + "\xFF\x01\x7F\r\n\tA tab\xC3" + kStory.substr(10));
  const std::u32string text = passage(TextKind::kProse, 30, 1, 0);
  EXPECT_EQ(text.find_first_of(U"\uFFFD\uFEFF\r\t\x01\x7F"), text.npos);
}

TEST_F(Texts, SaysWhatIsMissing) {
  EXPECT_EQ(open().status().code(), Code::kNotFound);  // an empty folder
  write("notes.md", kStory);
  EXPECT_EQ(open().status().code(), Code::kNotFound);  // no *.txt
  fs::create_directories(folder_ / "folder.txt");
  write("empty.txt", "");
  write("spaces.txt", " \n\n\t\n");
  EXPECT_EQ(open().status().code(), Code::kNotFound);
  write("few.txt", "again and again and again");
  EXPECT_EQ(open().status().code(), Code::kInvalid);
  write("few.txt", kStory);
  const Result<TextFolder> texts = open();
  ASSERT_TRUE(texts.ok());
  const Result<std::u32string> much = texts->passage(TextKind::kProse, 100'000, 1, 0);
  ASSERT_FALSE(much.ok());
  EXPECT_EQ(much.status().code(), Code::kLimit);
  EXPECT_NE(much.status().message().find("100000"), std::string::npos);

  const Result<TextFolder> nowhere = TextFolder::open((folder_ / "nowhere").string());
  ASSERT_FALSE(nowhere.ok());
  EXPECT_EQ(nowhere.status().code(), Code::kNotFound);
  EXPECT_NE(nowhere.status().message().find("nowhere"), std::string::npos);
  EXPECT_FALSE(TextFolder::open((folder_ / "few.txt").string()).ok());  // a file is no folder
}

}  // namespace
}  // namespace quire
