// Text to token ids and back: the byte-level BPE of the DeepSeek-V3 family (architecture.md,
// section 8). A Tokenizer does not change once made and may be used from many threads.
//
// Encoding: added tokens are cut out literally, the rest is split by the pre-tokeniser and merged
// piece by piece. Decoding: bytes of the tokens in a row; ids that have no token give nothing.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "text/bpe.h"
#include "text/literal_matcher.h"
#include "text/pretokenize.h"
#include "text/utf8.h"
#include "text/vocabulary.h"

namespace quire {

class Tokenizer {
 public:
  // A tokenizer.json; errors name the path.
  static Result<Tokenizer> load(const std::string& path);
  static Result<Tokenizer> from_json(std::string_view json);
  // Of a model directory or a GGUF pair.
  static Result<Tokenizer> of_model(const std::string& model);
  // Error: kInvalid, naming the token or merge, when ids clash or a merge names unknown tokens.
  static Result<Tokenizer> from_vocabulary(const Vocabulary& vocabulary);

  // Bytes that are not UTF-8 count as U+FFFD. `text` is shorter than 4 GiB. With add_bos the ids
  // begin with bos_id(), as the official tokenizer's add_special_tokens does.
  std::vector<std::int32_t> encode(std::string_view text, bool add_bos = false) const;

  // UTF-8; what is not becomes U+FFFD. keep_special = false drops BOS, EOS, <image> and the like.
  std::string decode(std::span<const std::int32_t> ids, bool keep_special = true) const;

  // The bytes one id stands for, perhaps part of a character; empty for an id without token.
  std::string_view token_bytes(std::int32_t id) const;
  bool is_special(std::int32_t id) const;

  // The id of an added token, such as "<image>".
  std::optional<std::int32_t> id_of(std::string_view content) const;

  // One more than the highest id that has a token. A model may have more rows than that.
  std::int32_t vocab_size() const { return static_cast<std::int32_t>(tokens_.size()); }

  // The ids of <｜begin▁of▁sentence｜> and <｜end▁of▁sentence｜>, or -1.
  std::int32_t bos_id() const { return bos_; }
  std::int32_t eos_id() const { return eos_; }

 private:
  struct Token {
    std::string bytes;
    bool special = false;
  };

  Tokenizer(std::vector<Token> tokens, Pretokenizer pretokenizer, Bpe bpe, LiteralMatcher first,
            LiteralMatcher second);

  std::vector<Token> tokens_;  // by id
  Pretokenizer pretokenizer_;
  Bpe bpe_;
  LiteralMatcher first_, second_;  // added tokens, not normalized and normalized
  std::int32_t bos_ = -1, eos_ = -1;
};

// Decoding id by id, for output that is shown as it grows: never half a character. The tokenizer
// must outlive it.
class TokenStream {
 public:
  explicit TokenStream(const Tokenizer& tokenizer, bool keep_special = true)
      : tokenizer_(&tokenizer), keep_special_(keep_special) {}

  std::string push(std::int32_t id);
  std::string finish() { return utf8_.finish(); }

 private:
  const Tokenizer* tokenizer_;
  bool keep_special_;
  Utf8Stream utf8_;
};

}  // namespace quire
