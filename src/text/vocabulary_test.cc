#include "text/vocabulary.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "text/byte_level.h"
#include "text/pretokenize.h"
#include "text/tokenizer.h"

namespace quire {
namespace {

using nlohmann::json;
using Ids = std::vector<std::int32_t>;

// A small, good tokenizer.json to spoil.
json good() {
  json j = json::parse(R"({
    "added_tokens": [{"id": 3, "content": "<x>", "special": true, "normalized": false}],
    "normalizer": {"type": "Sequence", "normalizers": []},
    "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
      {"type": "Split", "pattern": {"Regex": "\\p{N}{1,3}"}, "behavior": "Isolated",
       "invert": false},
      {"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}]},
    "model": {"type": "BPE", "dropout": null, "byte_fallback": false,
              "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}})");
  return j;
}

std::string refusal(const std::string& text) {
  const auto result = Tokenizer::from_json(text);
  EXPECT_FALSE(result) << text.substr(0, 200);
  return result ? "" : result.status().message();
}

std::string refusal(const char* pointer, json value) {
  json j = good();
  j[json::json_pointer(pointer)] = std::move(value);
  return refusal(j.dump());
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(TokenizerJson, MergesMayBeStringsOrPairs) {
  for (const json& merge : {json("a b"), json({"a", "b"})}) {
    json j = good();
    j["model"]["merges"] = json::array({merge});
    const auto tokenizer = Tokenizer::from_json(j.dump());
    ASSERT_TRUE(tokenizer) << tokenizer.status().message();
    EXPECT_EQ(tokenizer->encode("aab<x>"), (Ids{0, 2, 3}));
  }
}

TEST(TokenizerJson, WhatIsNotJsonIsRefused) {
  for (const std::string text :
       {"", "{", "null", "[]", "7", "\"x\"", "{}", "\xFF\xFE", "{\"model\":"}) {
    EXPECT_NE(refusal(text), "");
  }
  const std::string whole = good().dump();
  for (std::size_t cut = 0; cut < whole.size(); cut += 7) refusal(whole.substr(0, cut));
  refusal(std::string(1'000'000, '['));
  refusal("{\"model\": {\"vocab\": {\"a\": " + std::string(100'000, '[') +
          std::string(100'000, ']') + "}}}");
}

TEST(TokenizerJson, WrongTypesAndIdsAreRefused) {
  for (const json& value : {json(), json(7), json("x"), json::array(), json::object()}) {
    EXPECT_NE(refusal("/model", value), "");
    EXPECT_NE(refusal("/model/vocab", value), "");
    EXPECT_NE(refusal("/pre_tokenizer", value), "");
    EXPECT_NE(refusal("/pre_tokenizer/pretokenizers", value), "");
    EXPECT_NE(refusal("/model/vocab/a", value == json(7) ? json(7.5) : value), "");
    EXPECT_NE(refusal("/added_tokens/0", value), "");
  }
  for (const json& value : {json(7), json("x"), json::object()}) {
    EXPECT_NE(refusal("/added_tokens", value), "");
    EXPECT_NE(refusal("/model/merges", value), "");
  }
  for (const json& value :
       {json(), json(7), json("ab"), json("a b a"), json({"a"}), json({"a", 1})}) {
    EXPECT_TRUE(has(refusal("/model/merges/0", value), "merge 0")) << value;
  }
  for (const json& id : {json(-1), json(1u << 30), json(9223372036854775807), json(-0.5),
                         json(18446744073709551615u)}) {
    EXPECT_TRUE(has(refusal("/model/vocab/a", id), "token 'a'")) << id;
    EXPECT_TRUE(has(refusal("/added_tokens/0/id", id), "token '<x>'")) << id;
  }
  EXPECT_TRUE(has(refusal("/model/vocab/a", 1), "both have id 1"));
  EXPECT_TRUE(has(refusal("/added_tokens/0/id", 1), "has too"));
  EXPECT_TRUE(has(refusal("/model/merges/0", "b a"), "'ba'"));
}

TEST(TokenizerJson, WhatThisBuildWouldNotHonourIsRefusedByName) {
  EXPECT_TRUE(has(refusal("/model/type", "WordPiece"), "model.type"));
  EXPECT_TRUE(has(refusal("/model/byte_fallback", true), "byte_fallback"));
  EXPECT_TRUE(has(refusal("/model/unk_token", "<unk>"), "unk_token"));
  EXPECT_TRUE(has(refusal("/model/dropout", 0.1), "dropout"));
  EXPECT_TRUE(has(refusal("/normalizer", {{"type", "NFC"}}), "normaliser"));
  EXPECT_TRUE(has(refusal("/added_tokens/0/lstrip", true), "lstrip"));
  EXPECT_TRUE(has(refusal("/pre_tokenizer/pretokenizers/0/type", "Digits"), "Digits"));
  EXPECT_TRUE(has(refusal("/pre_tokenizer/pretokenizers/0/invert", true), "Split"));
  EXPECT_TRUE(has(refusal("/pre_tokenizer/pretokenizers/0/pattern/Regex", "x+"), "'x+'"));
  EXPECT_TRUE(has(refusal("/pre_tokenizer/pretokenizers/1/use_regex", true), "ByteLevel"));
}

TEST(GgufVocabulary, GivesTheSameIds) {
  const std::vector<std::string> tokens = {"a", "b", "ab", "<x>", "[PAD4]", "<y>"};
  const std::vector<std::int32_t> types = {1, 1, 1, 3, 5, 4};
  const std::vector<std::string> merges = {"a b"};
  const auto vocabulary = vocabulary_from_gguf(tokens, types, merges, "deepseek-v3");
  ASSERT_TRUE(vocabulary) << vocabulary.status().message();
  const auto tokenizer = Tokenizer::from_vocabulary(*vocabulary);
  ASSERT_TRUE(tokenizer) << tokenizer.status().message();
  EXPECT_EQ(tokenizer->encode("aab<x>b<y>"), (Ids{0, 2, 3, 1, 5}));
  EXPECT_EQ(tokenizer->decode(Ids{4, 3, 2, 5}), "<x>ab<y>");
  EXPECT_EQ(tokenizer->decode(Ids{4, 3, 2, 5}, false), "ab<y>");
}

TEST(GgufVocabulary, RefusesWhatDoesNotFit) {
  const std::vector<std::string> tokens = {"a", "b"};
  const std::vector<std::int32_t> types = {1, 1}, short_types = {1}, odd_types = {1, 9};
  const std::vector<std::string> none, bad = {"ab"}, half = {"a "}, empty = {""};
  EXPECT_FALSE(vocabulary_from_gguf(tokens, types, none, "llama-bpe"));
  EXPECT_FALSE(vocabulary_from_gguf(tokens, short_types, none, "deepseek-v3"));
  EXPECT_FALSE(vocabulary_from_gguf(tokens, odd_types, none, "deepseek-v3"));
  for (const auto& merges : {bad, half, empty}) {
    EXPECT_FALSE(vocabulary_from_gguf(tokens, types, merges, "deepseek-v3"));
  }
}

TEST(ByteLevel, IsTheAlphabetOfGpt2) {
  EXPECT_EQ(bytes_to_token(" \n\t\xFF"), "\u0120\u010A\u0109\u00FF");
  EXPECT_EQ(bytes_to_token("\xAD"), "\u0143");
  for (int b = 0; b < 256; ++b) {
    const char byte = static_cast<char>(b);
    EXPECT_EQ(token_to_bytes(bytes_to_token({&byte, 1})), std::string(1, byte));
  }
  EXPECT_EQ(token_to_bytes("<｜x｜>"), "<｜x｜>");  // outside the alphabet: as it is
  EXPECT_EQ(token_to_bytes("a b"), "a b");          // a plain space is outside, too
}

}  // namespace
}  // namespace quire
