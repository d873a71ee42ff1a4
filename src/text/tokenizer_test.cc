#include "text/tokenizer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "format/test_support.h"
#include "text/byte_level.h"

namespace quire {
namespace {

using nlohmann::json;
using Ids = std::vector<std::int32_t>;

const std::string kOfficial = QUIRE_SOURCE_DIR "/data/tokenizer/tokenizer.json";

std::string golden(const std::string& name) { return golden_path(name).string(); }

json read(const std::string& path) {
  const auto bytes = read_file(path);
  return bytes ? json::parse(*bytes) : json();
}

// DeepSeek-V3's tokenizer with the twelve tokens of DeepSeek-OCR, and vectors for it.
class OfficialTokenizer : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!std::filesystem::exists(kOfficial)) return;
    auto loaded = Tokenizer::load(kOfficial);
    ASSERT_TRUE(loaded) << loaded.status().message();
    tokenizer_ = std::make_unique<Tokenizer>(*std::move(loaded));
  }
  static void TearDownTestSuite() { tokenizer_.reset(); }

  void SetUp() override {
    if (!tokenizer_) GTEST_SKIP() << "no " << kOfficial << "; scripts/get_tokenizer fetches it";
    QUIRE_NEEDS_GOLDEN("tokenizer");
  }
  static std::unique_ptr<Tokenizer> tokenizer_;
};
std::unique_ptr<Tokenizer> OfficialTokenizer::tokenizer_;

TEST_F(OfficialTokenizer, EncodesTheGoldenTexts) {
  const json cases = read(golden("tokenizer/encode_250.json"))["cases"];
  ASSERT_EQ(cases.size(), 250u);
  for (const json& c : cases) {
    const auto text = c["text"].get<std::string>();
    const Ids ids = tokenizer_->encode(text);
    EXPECT_EQ(ids, c["ids"].get<Ids>()) << text;
    EXPECT_EQ(tokenizer_->decode(ids), text);
  }
}

TEST_F(OfficialTokenizer, DecodesTheGoldenIds) {
  const json cases = read(golden("tokenizer/decode.json"))["cases"];
  ASSERT_GE(cases.size(), 100u);
  for (const json& c : cases) {
    const auto ids = c["ids"].get<Ids>();
    EXPECT_EQ(tokenizer_->decode(ids), c["text"].get<std::string>());
    EXPECT_EQ(tokenizer_->decode(ids, false), c["text_skip"].get<std::string>());
  }
}

TEST_F(OfficialTokenizer, AgreesWithPublishedIds) {
  const json cases = read(golden("tokenizer/official_spot_checks.json"))["cases"];
  ASSERT_EQ(cases.size(), 10u);
  for (const json& c : cases) {
    EXPECT_EQ(tokenizer_->encode(c["text"].get<std::string>()), c["ids"].get<Ids>());
  }
}

TEST_F(OfficialTokenizer, KnowsItsSpecialTokens) {
  EXPECT_EQ(tokenizer_->vocab_size(), 128827);
  EXPECT_EQ(tokenizer_->bos_id(), 0);
  EXPECT_EQ(tokenizer_->eos_id(), 1);
  for (const json& token : read(golden("tokenizer/added_tokens.json"))) {
    EXPECT_EQ(tokenizer_->id_of(token["content"].get<std::string>()), token["id"].get<int>());
    EXPECT_TRUE(tokenizer_->is_special(token["id"].get<int>()));
  }
  EXPECT_EQ(tokenizer_->id_of("<｜User｜>"), 128803);
  EXPECT_FALSE(tokenizer_->is_special(128803));
  EXPECT_EQ(tokenizer_->id_of("<imag"), std::nullopt);
  EXPECT_EQ(tokenizer_->id_of("<image> "), std::nullopt);
  EXPECT_EQ(tokenizer_->encode("Hello", true), (Ids{0, 19923}));
}

TEST_F(OfficialTokenizer, AStreamDecodesLikeTheWhole) {
  const json file = read(golden("tokenizer/encode_250.json"));
  for (const json& c : file["cases"]) {
    TokenStream stream(*tokenizer_);
    std::string text;
    for (const std::int32_t id : c["ids"].get<Ids>()) {
      const std::string piece = stream.push(id);
      EXPECT_EQ(valid_prefix(piece), piece.size());
      text += piece;
    }
    EXPECT_EQ(text + stream.finish(), c["text"].get<std::string>());
  }
}

TEST_F(OfficialTokenizer, APieceOfTenMillionLettersIsMerged) {
  const std::string text(10'000'000, 'a');
  const Ids ids = tokenizer_->encode(text);
  EXPECT_LT(ids.size(), text.size() / 4);
  EXPECT_EQ(tokenizer_->decode(ids), text);
}

TEST_F(OfficialTokenizer, BytesThatAreNotUtf8CountAsReplacement) {
  EXPECT_EQ(tokenizer_->encode("caf\xE9 noir"), tokenizer_->encode("caf\uFFFD noir"));
}

TEST(TinyTokenizer, EncodesThePromptsOfTheGoldenCases) {
  QUIRE_NEEDS_GOLDEN("tiny-model");
  const auto tokenizer = Tokenizer::load(golden("tiny-model/tokenizer.json"));
  ASSERT_TRUE(tokenizer) << tokenizer.status().message();
  EXPECT_EQ(tokenizer->id_of("<image>"), 480);
  EXPECT_EQ(tokenizer->vocab_size(), 492);
  EXPECT_EQ(tokenizer->token_bytes(500), "");
  const std::string prompt = read(golden("text_only/meta.json"))["prompt"];
  const Ids ids = tokenizer->encode(prompt, true);
  EXPECT_EQ(ids.size(), read(golden("text_only/meta.json"))["n_tokens"].get<std::size_t>());
  EXPECT_EQ(tokenizer->decode(ids, false), prompt);
}

// The 256 bytes, then two merges, then an added token of each kind.
Vocabulary small_vocabulary() {
  Vocabulary v;
  for (int b = 0; b < 256; ++b) {
    const char byte = static_cast<char>(b);
    v.tokens.push_back(bytes_to_token({&byte, 1}));
  }
  v.tokens.insert(v.tokens.end(), {"ab", "abc"});
  v.merges = {{"a", "b"}, {"ab", "c"}};
  v.added = {{258, "<x>", true, false}, {259, "<x>y", false, false}, {260, "b<", false, true}};
  v.split_regexes = deepseek_v3_regexes();
  return v;
}

TEST(Tokenizer, AddedTokensAreCutLeftmostLongestAndInTwoRounds) {
  const auto tokenizer = Tokenizer::from_vocabulary(small_vocabulary());
  ASSERT_TRUE(tokenizer) << tokenizer.status().message();
  EXPECT_EQ(tokenizer->encode("<x>"), Ids{258});
  EXPECT_EQ(tokenizer->encode("<x>y<x>"), (Ids{259, 258}));
  EXPECT_EQ(tokenizer->encode("b<x>"), (Ids{'b', 258}));  // not normalized goes first
  EXPECT_EQ(tokenizer->encode("b<xabc"), (Ids{260, 'x', 257}));
  EXPECT_EQ(tokenizer->decode(Ids{258, 260, 257, 999, -1}), "<x>b<abc");
  EXPECT_EQ(tokenizer->decode(Ids{258, 260, 257}, false), "b<abc");
  EXPECT_EQ(tokenizer->bos_id(), -1);
  EXPECT_EQ(tokenizer->encode("a", true), Ids{'a'});
}

TEST(Tokenizer, AStreamNeverShowsHalfACharacter) {
  const auto tokenizer = Tokenizer::from_vocabulary(small_vocabulary());
  ASSERT_TRUE(tokenizer) << tokenizer.status().message();
  const std::string text = "a\u00e9\u65e5\U0001F600\u0301z";
  TokenStream stream(*tokenizer);  // a token for each byte
  std::string shown;
  for (const char byte : text) {
    const std::string piece = stream.push(static_cast<std::uint8_t>(byte));
    EXPECT_EQ(valid_prefix(piece), piece.size());
    EXPECT_EQ(text.compare(0, shown.size() + piece.size(), shown + piece), 0);
    shown += piece;
  }
  EXPECT_EQ(shown + stream.finish(), text);
  // Cut off inside a character: nothing until the end, then one replacement.
  for (const std::int32_t byte : {0xF0, 0x9F, 0x98}) EXPECT_EQ(stream.push(byte), "");
  EXPECT_EQ(stream.finish(), "\uFFFD");
  EXPECT_EQ(stream.push(0xE6), "");
  EXPECT_EQ(stream.push(258), "\uFFFD<x>") << "a tag in the middle of one";
}

TEST(Tokenizer, BytesWithoutTokenAreLeftOut) {
  Vocabulary v = small_vocabulary();
  v.tokens['z'].clear();
  const auto tokenizer = Tokenizer::from_vocabulary(v);
  ASSERT_TRUE(tokenizer);
  EXPECT_EQ(tokenizer->encode("azb"), Ids{256});
}

TEST(Tokenizer, ContradictionsAreRefused) {
  const auto refused = [](auto&& change) {
    Vocabulary v = small_vocabulary();
    change(v);
    const auto result = Tokenizer::from_vocabulary(v);
    EXPECT_FALSE(result);
    return result ? std::string() : result.status().message();
  };
  EXPECT_NE(refused([](Vocabulary& v) {
              v.merges.push_back({"a", "z"});
            }).find("merge 2"),
            std::string::npos);
  EXPECT_NE(refused([](Vocabulary& v) {
              v.merges.push_back({"", "a"});
            }).find("merge 2"),
            std::string::npos);
  EXPECT_NE(refused([](Vocabulary& v) { v.tokens.push_back("ab"); }).find("two ids"),
            std::string::npos);
  EXPECT_NE(refused([](Vocabulary& v) { v.added[0].id = 'a'; }).find("has too"), std::string::npos);
  EXPECT_NE(refused([](Vocabulary& v) { v.added[0].id = 259; }).find("two added tokens"),
            std::string::npos);
  EXPECT_NE(refused([](Vocabulary& v) { v.added[0].id = -1; }).find("out of range"),
            std::string::npos);
  EXPECT_NE(refused([](Vocabulary& v) { v.added[0].id = 1 << 30; }).find("out of range"),
            std::string::npos);
  EXPECT_NE(refused([](Vocabulary& v) { v.added[0].content = ""; }).find("no content"),
            std::string::npos);
  EXPECT_NE(refused([](Vocabulary& v) { v.added[0].content = "abc"; }).find("two ids"),
            std::string::npos);
  EXPECT_NE(refused([](Vocabulary& v) { v.added[0].content.assign(5000, 'x'); }).find("longer"),
            std::string::npos);
  EXPECT_NE(refused([](Vocabulary& v) { v.split_regexes[1] = ".*"; }).find("'.*'"),
            std::string::npos);
}

TEST(Tokenizer, AMissingFileIsNamed) {
  const auto result = Tokenizer::load("/nowhere/tokenizer.json");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.status().code(), Code::kNotFound);
  EXPECT_NE(result.status().message().find("/nowhere/tokenizer.json"), std::string::npos);
}

}  // namespace
}  // namespace quire
