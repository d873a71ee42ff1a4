#include "infer/reader.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/thread_pool.h"
#include "infer/line_rule.h"
#include "infer/passes.h"
#include "model/model.h"
#include "text/tokenizer.h"

namespace quire {
namespace {

namespace fs = std::filesystem;

// The golden test model as it is, and as a model that reads in passes. Its weights are random, and
// so is what it says; what is tested here is everything around that.
class ReaderTest : public testing::Test {
 protected:
  void SetUp() override {
    const char* root = std::getenv("QUIRE_GOLDEN");
    golden_ = fs::path(root ? root : QUIRE_GOLDEN_DIR) / "tiny-model";
    if (!fs::exists(golden_)) GTEST_SKIP() << "the golden vectors are not here";
    folder_ = fs::path(testing::TempDir()) / ("quire_reader_" + std::to_string(getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    for (const auto& entry : fs::directory_iterator(golden_)) {
      fs::copy_file(entry.path(), folder_ / entry.path().filename());
      fs::permissions(folder_ / entry.path().filename(), fs::perms::owner_all);
    }
  }
  void TearDown() override { fs::remove_all(folder_); }

  void edit_config(const std::function<void(nlohmann::json&)>& edit) {
    std::ifstream in(folder_ / "config.json");
    nlohmann::json config = nlohmann::json::parse(in);
    edit(config);
    std::ofstream(folder_ / "config.json") << config.dump();
  }

  // `rows` and `columns` of the blocks it reads.
  Reader passes(int rows, int columns) {
    edit_config([&](nlohmann::json& c) {
      c["quire"] = {{"rows_per_pass", rows}, {"columns_per_pass", columns}};
    });
    Result<Reader> reader = Reader::open(folder_.string());
    EXPECT_TRUE(reader) << reader.status().message();
    return *std::move(reader);
  }

  static Image picture(int side) {
    Image image(side, side);
    for (std::size_t i = 0; i < image.rgb.size(); ++i)
      image.rgb[i] = static_cast<std::uint8_t>(i * 2654435761u >> 13);
    return image;
  }

  fs::path golden_, folder_;
};

TEST_F(ReaderTest, EncodesSquaresOnly) {
  const Reader reader = passes(1, 2);
  const Result<Tensor> tokens = reader.encode(picture(256));
  ASSERT_TRUE(tokens);
  EXPECT_EQ(tokens->shape, (Shape{16, 96}));
  EXPECT_FALSE(reader.encode(Image(64, 128)));
  EXPECT_FALSE(reader.encode(Image(100, 100)));
  EXPECT_FALSE(reader.encode(Image()));
}

TEST_F(ReaderTest, EachPassIsWhatTheBlockAloneWouldBe) {
  const Reader reader = passes(1, 2);
  const Tensor tokens = *reader.encode(picture(256));
  ReadOptions options;
  options.max_tokens = 12;
  const Result<PageReading> page = reader.read(tokens, options);
  ASSERT_TRUE(page) << page.status().message();
  ASSERT_EQ(page->passes.size(), 8u);
  EXPECT_EQ(page->status, ReadStatus::kLimit);
  EXPECT_EQ(page->confidence.size(), page->tokens);

  // A page of 2 x 2 tokens whose upper block is block 5 of the other.
  Tensor small({4, 96});
  std::copy_n(tokens.data() + 10 * 96, 2 * 96, small.data());
  const Result<PageReading> alone = reader.read(small, options);
  ASSERT_TRUE(alone) << alone.status().message();
  EXPECT_EQ(alone->passes[0], page->passes[5]);
}

TEST_F(ReaderTest, PagesReadSideBySideAreWhatTheyAreAlone) {
  const Reader reader = passes(1, 2);
  const int sides[] = {128, 256, 192, 256};
  ReadOptions options;
  options.max_tokens = 12;
  std::vector<Tensor> tokens(std::size(sides));
  std::vector<std::string> texts(std::size(sides));
  set_threads(2);
  default_pool().parallel_for(
      std::size(sides), 1,
      [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
          tokens[i] = *reader.encode(picture(sides[i]));
          texts[i] = reader.read(tokens[i], options)->text;
        }
      },
      2);
  set_threads(0);
  for (std::size_t i = 0; i < std::size(sides); ++i) {
    EXPECT_EQ(reader.encode(picture(sides[i]))->values, tokens[i].values) << i;
    EXPECT_EQ(reader.read(tokens[i], options)->text, texts[i]) << i;
  }
}

TEST_F(ReaderTest, FullLinesOnlyWhereColumnsAreKnown) {
  const Reader reader = passes(1, 2);
  const Tensor tokens = *reader.encode(picture(256));
  ReadOptions options;
  options.columns = 12;  // 6 for each block
  const Result<PageReading> page = reader.read(tokens, options);
  ASSERT_TRUE(page) << page.status().message();
  for (const std::string& pass : page->passes) {
    std::u32string text = decode_utf8_lossy(pass);
    std::size_t line = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == U'\n') {
        EXPECT_EQ(line, 6u);
        line = 0;
      } else {
        EXPECT_LE(++line, 6u);
      }
    }
    EXPECT_LE(text.size(), 12u * 7 + 1) << "a block has at most twelve lines";
  }
  options.columns = 13;
  const Result<PageReading> uneven = reader.read(tokens, options);
  ASSERT_FALSE(uneven);
  EXPECT_NE(uneven.status().message().find("13"), std::string::npos);
}

TEST_F(ReaderTest, WithoutOwnKeysTheWholePageIsAskedForWithTheOfficialPrompt) {
  const Result<Reader> reader = Reader::open(golden_.string());
  ASSERT_TRUE(reader) << reader.status().message();
  const Tensor tokens = *reader->encode(picture(128));
  ReadOptions options;
  options.max_tokens = 5;
  std::size_t seen = 0;
  options.on_token = [&](std::size_t total) { return (seen = total) < 4; };
  const Result<PageReading> page = reader->read(tokens, options);
  ASSERT_TRUE(page) << page.status().message();
  EXPECT_EQ(page->passes.size(), 1u);
  EXPECT_EQ(page->tokens, 4u);
  EXPECT_EQ(seen, 4u);
  EXPECT_EQ(page->status, ReadStatus::kLimit);
}

TEST_F(ReaderTest, RefusesWhatIsNoPage) {
  const Reader reader = passes(0, 0);
  EXPECT_FALSE(reader.read(Tensor(), {}));
  EXPECT_FALSE(reader.read(Tensor({3, 96}), {}));
  EXPECT_FALSE(reader.read(Tensor({4, 95}), {}));
}

TEST_F(ReaderTest, TheFingerprintChangesWithAnyByte) {
  const std::string first = Reader::open(folder_.string())->fingerprint();
  EXPECT_EQ(first.size(), 64u);
  EXPECT_EQ(Reader::open(golden_.string())->fingerprint(), first) << "the place does not matter";
  edit_config([](nlohmann::json& c) { c["rms_norm_eps"] = 1e-6; });
  const std::string second = Reader::open(folder_.string())->fingerprint();
  EXPECT_NE(second, first);
  const fs::path shard = folder_ / "model-00001-of-000001.safetensors";
  std::fstream file(shard, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(-1, std::ios::end);
  file.put('\x3d');
  file.close();
  EXPECT_NE(Reader::open(folder_.string())->fingerprint(), second);
}

TEST_F(ReaderTest, BrokenDirectoriesAreNamed) {
  fs::remove(folder_ / "tokenizer.json");
  const Result<Reader> reader = Reader::open(folder_.string());
  ASSERT_FALSE(reader);
  EXPECT_NE(reader.status().message().find("tokenizer.json"), std::string::npos)
      << reader.status().message();
  fs::copy_file(golden_ / "tokenizer.json", folder_ / "tokenizer.json");
  edit_config([](nlohmann::json& c) { c["language_config"]["vocab_size"] = 100; });
  EXPECT_FALSE(Reader::open(folder_.string()));
}

TEST_F(ReaderTest, LineRuleCountsCharactersNotTokens) {
  const Tokenizer tokenizer = *Tokenizer::load((golden_ / "tokenizer.json").string());
  const LineTokens tokens(tokenizer, 1);
  // The ids that may follow each text on a line of three characters; ids 3 to 258 are the bytes.
  const auto scores_after = [&](std::string_view said) {
    std::vector<std::int32_t> ids;
    for (const char byte : said) ids.push_back(3 + static_cast<std::uint8_t>(byte));
    LineRule rule(tokens, 3);
    std::vector<float> scores(512, 0.0f);
    rule.apply(ids, scores);
    return scores;
  };
  const auto may = [](const std::vector<float>& scores, std::size_t id) {
    return scores[id] == 0.0f;
  };
  constexpr std::size_t kLetter = 3 + 'x', kNewline = 3 + '\n', kEnd = 1, kLead = 3 + 0xC3,
                        kTail = 3 + 0xA9;

  auto scores = scores_after("ab");
  EXPECT_TRUE(may(scores, kLetter) && may(scores, kLead) && may(scores, kEnd));
  EXPECT_FALSE(may(scores, kNewline) || may(scores, kTail));
  for (const std::size_t id : {0u, 2u, 480u, 511u})
    EXPECT_FALSE(may(scores, id)) << "an id without text: " << id;
  scores = scores_after("ab\xC3");
  EXPECT_TRUE(may(scores, kTail) && may(scores, kEnd));
  EXPECT_FALSE(may(scores, kLetter) || may(scores, kNewline) || may(scores, kLead));
  scores = scores_after("ab\xC3\xA9");
  EXPECT_TRUE(may(scores, kNewline) && may(scores, kEnd));
  EXPECT_FALSE(may(scores, kLetter) || may(scores, kLead) || may(scores, kTail));
  scores = scores_after("abc\n");
  EXPECT_TRUE(may(scores, kLetter));
  EXPECT_FALSE(may(scores, kNewline));
  // Bytes that no UTF-8 has in this place: an overlong form, a surrogate, too large, never a lead.
  EXPECT_FALSE(may(scores_after("\xE0"), 3 + 0x9F));
  EXPECT_FALSE(may(scores_after("\xED"), 3 + 0xA0));
  EXPECT_FALSE(may(scores_after("\xF4"), 3 + 0x90));
  EXPECT_FALSE(may(scores_after(""), 3 + 0xC0) || may(scores_after(""), 3 + 0xF5));
}

TEST(Passes, BlocksCoverThePageAndShareItsLines) {
  const auto blocks = cut_blocks(4, 3, 2, 8);
  ASSERT_TRUE(blocks);
  ASSERT_EQ(blocks->size(), 4u);
  EXPECT_EQ((*blocks)[1].left, 2u);
  EXPECT_EQ((*blocks)[1].width, 4u);
  EXPECT_EQ((*blocks)[2].rows, 1u);
  EXPECT_EQ(cut_blocks(4, 0, 0, 0)->size(), 1u);
  EXPECT_EQ(cut_blocks(4, 9, 9, 0)->size(), 1u);
  EXPECT_FALSE(cut_blocks(4, 1, 1, 6));

  Tensor tokens({16, 1});
  for (std::size_t i = 0; i < 16; ++i) tokens.values[i] = static_cast<float>(i);
  EXPECT_EQ(take_block(tokens, 4, (*blocks)[1]).values, (Values{2, 3, 6, 7, 10, 11}));
}

TEST(Passes, TextsAreJoinedLineByLine) {
  const auto blocks = *cut_blocks(4, 2, 2, 8);
  EXPECT_EQ(join_blocks(blocks, {"abcd\nef", "ghij\n", "kl", "m"}), "abcdghij\nef\nkl  m");
  EXPECT_EQ(join_blocks(blocks, {"abcd", "gh  ", "", ""}), "abcdgh  ")
      << "the space that ends a full line is text";
  EXPECT_EQ(join_blocks(blocks, {"abcd", "gh ", "\xc3\xa9", "x"}), "abcdgh\n\xc3\xa9   x");
  EXPECT_EQ(join_blocks(blocks, {"", "", "", ""}), "");
  EXPECT_EQ(join_blocks({{0, 0, 4, 4, 0}}, {"as it is \n"}), "as it is \n");
}

}  // namespace
}  // namespace quire
