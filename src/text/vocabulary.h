// What a tokenizer is made of, whichever file it came from: tokenizer.json or the tokenizer.ggml.*
// keys of a GGUF file. Checked by Tokenizer::from_vocabulary, not here.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"

namespace quire {

// More ids than any vocabulary has; keeps a hostile file from asking for the memory of 2^31.
inline constexpr std::int64_t kMaxTokens = 1 << 20;

struct AddedToken {
  std::int32_t id = 0;
  std::string content;      // matched literally in the raw text
  bool special = false;     // dropped by decode() when special tokens are not kept
  bool normalized = false;  // matched only in what the tokens with false have left
};

struct Vocabulary {
  // By id, in the byte-level alphabet (byte_level.h); empty where an id has no token. Added tokens
  // may stand here too.
  std::vector<std::string> tokens;
  std::vector<AddedToken> added;
  std::vector<std::pair<std::string, std::string>> merges;  // in order of rank
  std::vector<std::string> split_regexes;                   // of the pre-tokeniser, in order
};

// tokenizer.json of a byte-level BPE, as the Hugging Face library writes it. Anything that this
// build would not honour (a normaliser, byte fallback, stripping added tokens, ...) is refused by
// name with kUnsupported rather than ignored. The post-processor is not read: adding BOS is the
// caller's choice at each encode().
Result<Vocabulary> parse_tokenizer_json(std::string_view json);

// The arrays tokenizer.ggml.{tokens, token_type, merges} and the name tokenizer.ggml.pre, which
// must be "deepseek-v3". The file does not say which added tokens are normalized; none is.
Result<Vocabulary> vocabulary_from_gguf(std::span<const std::string> tokens,
                                        std::span<const std::int32_t> types,
                                        std::span<const std::string> merges, std::string_view pre);

// Of a model: DIR/tokenizer.json, or the tokenizer.ggml.* keys of a GGUF pair (format/gguf_pair.h).
// Errors name the file.
Result<Vocabulary> load_vocabulary(const std::string& model);

// As a tokenizer.json that the Hugging Face library and parse_tokenizer_json() read.
std::string tokenizer_json(const Vocabulary& vocabulary);

}  // namespace quire
