#include "fold/source_text.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "fold/known_characters.h"
#include "fold/text_tokens.h"
#include "format/test_support.h"
#include "text/utf8.h"

namespace quire {
namespace {

bool is_latin1(char32_t c) { return c < 0x100; }

std::string error_of(const std::string& bytes) {
  auto text = check_text(bytes);
  if (!text) return text.status().message();
  const Status unknown = find_unknown(*text, is_latin1);
  return unknown.ok() ? "no error" : unknown.message();
}

TEST(SourceText, LineEndsAndTabs) {
  const auto text = check_text("a\r\nb\rc\nd\te");
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(encode_utf8(text->drawn), "a\nb\nc\nd    e");
  EXPECT_EQ(text->chars, 10u);
  EXPECT_EQ(text->tabs, 1u);
  EXPECT_EQ(text->carriage_returns, 2u);
  EXPECT_EQ(text->unknown, 0u);
}

TEST(SourceText, ReportsUnknownCharacters) {
  auto text = check_text("a long enough text with \u4E2D, \u4E2D and \u21B5");
  ASSERT_TRUE(text.ok());
  const Status some = find_unknown(*text, [](char32_t c) { return c < 0x100 || c == U'\u21B5'; });
  EXPECT_TRUE(some.ok());
  EXPECT_EQ(text->unknown, 3u);  // the mark of a newline can not stand for itself
  EXPECT_EQ(list_characters(text->unknown_examples), "U+4E2D '\u4E2D', U+21B5 '\u21B5'");
  EXPECT_EQ(list_characters({U'\a', U'\u200B', U'\U0001F600'}),
            "U+0007, U+200B, U+1F600 '\U0001F600'");
}

TEST(SourceText, RefusesWhatIsNoText) {
  EXPECT_NE(error_of("").find("the text is empty"), std::string::npos);
  for (const char* blank : {" ", "\n\n\t \r\n", "\u00A0\u2003"}) {
    EXPECT_NE(error_of(blank).find("only white space"), std::string::npos);
  }
  EXPECT_NE(error_of("caf\xE9 au lait").find("byte 0xE9 at offset 3"), std::string::npos);
  EXPECT_NE(error_of("cut \xE2\x82").find("offset 4"), std::string::npos);
  EXPECT_NE(error_of("\xED\xA0\x80").find("offset 0"), std::string::npos);
  const std::string chinese = "\u4E00\u4E01\u4E02\u4E03 one";
  EXPECT_NE(error_of(chinese).find("does not know this script: 4 of 7 characters"),
            std::string::npos)
      << error_of(chinese);
  EXPECT_EQ(error_of("\u4E00\u4E01\u4E02 one"), "no error");
}

TEST(SourceText, RefusesTooMuch) {
  const std::string most(kMaxTextBytes, 'a');
  EXPECT_EQ(error_of(most), "no error");
  EXPECT_NE(error_of(most + "a").find("more than 64 MiB of text; split it"), std::string::npos);
}

class TextFiles : public FolderTest {};

TEST_F(TextFiles, AreNotReadWhenTooLarge) {
  write("large.txt", "x");
  std::filesystem::resize_file(path("large.txt"), 100'000'000);
  const auto text = read_text(path("large.txt"));
  ASSERT_FALSE(text.ok());
  EXPECT_EQ(text.status().message(),
            path("large.txt") + ": more than 64 MiB of text; split it and fold the parts");
  EXPECT_NE(read_text(path("missing.txt")).status().message().find("missing.txt"),
            std::string::npos);
}

TEST(SourceCursor, CutsWherePagesEnd) {
  SourceCursor cursor("ab\r\nc\td\u20ACe");
  EXPECT_EQ(cursor.take(3), "ab\r\n");
  EXPECT_EQ(cursor.take(2), "c\t");  // c and the first of the tab's spaces
  EXPECT_EQ(cursor.take(2), "");
  EXPECT_EQ(cursor.take(2), "d");  // the last of them, and d
  EXPECT_EQ(cursor.take(1), "\u20AC");
  EXPECT_EQ(cursor.take(100), "e");
  EXPECT_EQ(cursor.take(100), "");
}

// Whatever the page size, the pieces make up the source, and stand behind the right characters.
TEST(SourceCursor, LosesNothing) {
  const std::string bytes = "one\ttwo\r\nthree\r\rfour\n\t\t\u00E9\u20AC five";
  const auto text = check_text(bytes);
  ASSERT_TRUE(text.ok());
  for (std::size_t page = 1; page < text->drawn.size() + 2; ++page) {
    SourceCursor cursor(bytes);
    std::string pieces;
    for (std::size_t at = 0; at < text->drawn.size(); at += page) {
      pieces += cursor.take(std::min(page, text->drawn.size() - at));
    }
    EXPECT_EQ(pieces, bytes) << page;
  }
}

TEST(KnownCharacters, AreThoseWithATokenOfTheirOwn) {
  QUIRE_NEEDS_GOLDEN("tiny-model/tokenizer.json");
  const auto tokenizer = Tokenizer::load(golden_path("tiny-model/tokenizer.json").string());
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status().message();
  KnownCharacters known(*tokenizer);
  for (char32_t c = 0x20; c < 0x7F; ++c) EXPECT_TRUE(known.has(c)) << static_cast<unsigned>(c);
  EXPECT_TRUE(known.has(U'\n'));
  EXPECT_FALSE(known.has(U'\u4E2D'));
  EXPECT_FALSE(known.has(U'\U0001F600'));
}

class TextTokenCount : public FolderTest {
 protected:
  ~TextTokenCount() override { ::unsetenv("QUIRE_TOKENIZER"); }
};

TEST_F(TextTokenCount, SaysWhoseTokenizerCounted) {
  QUIRE_NEEDS_GOLDEN("tiny-model/tokenizer.json");
  const std::string tiny = golden_path("tiny-model/tokenizer.json").string();
  const auto model = Tokenizer::load(tiny);
  ASSERT_TRUE(model.ok());

  // Beside the models/ folder of the model, and nowhere else while $QUIRE_TOKENIZER names a file.
  std::filesystem::create_directories(path("models/nano"));
  const auto paths = official_tokenizer_paths(path("models/nano"));
  ASSERT_EQ(paths.size(), 2u);
  EXPECT_EQ(std::filesystem::path(paths[1]),
            std::filesystem::weakly_canonical(path("data/tokenizer/tokenizer.json")));

  ::setenv("QUIRE_TOKENIZER", tiny.c_str(), 1);
  const auto named = count_text_tokens("Call me Ishmael.", path("models/nano"), *model);
  ASSERT_TRUE(named.ok()) << named.status().message();
  EXPECT_EQ(named->tokenizer, "official");
  EXPECT_EQ(named->path, tiny);
  EXPECT_EQ(named->count, model->encode("Call me Ishmael.").size());

  ::setenv("QUIRE_TOKENIZER", path("missing.json").c_str(), 1);
  const auto missing = count_text_tokens("text", path("models/nano"), *model);
  ASSERT_FALSE(missing.ok());
  EXPECT_NE(missing.status().message().find("missing.json"), std::string::npos);
}

// Nano spells every character: a count of its tokens would promise five times the ratio.
TEST_F(TextTokenCount, IsEstimatedWhereTheModelSpellsEveryCharacter) {
  const auto nano = Tokenizer::load(QUIRE_SOURCE_DIR "/models/quire-nano/tokenizer.json");
  ASSERT_TRUE(nano.ok()) << nano.status().message();
  const std::string text(460, 'a');
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder_);  // where no official tokenizer lies
  const auto tokens = count_text_tokens(text, path("models/nano"), *nano);
  ASSERT_TRUE(tokens.ok()) << tokens.status().message();
  EXPECT_EQ(tokens->tokenizer, "estimate");
  EXPECT_EQ(tokens->count, 100u);
  EXPECT_EQ(count_text_tokens("a", path("models/nano"), *nano)->count, 1u);
  std::filesystem::current_path(before);
}

}  // namespace
}  // namespace quire
