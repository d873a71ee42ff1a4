// How many tokens a text costs as text: the number that folding has to beat. Counted with
// DeepSeek's own tokenizer when its tokenizer.json is at hand, so that ratios compare with the
// paper's, else with the model's; where the model spends a token on each character, estimated.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "text/tokenizer.h"

namespace quire {

struct TextTokens {
  std::uint64_t count = 0;
  std::string tokenizer;  // "official", "model" or "estimate"
  std::string path;       // of the official tokenizer.json; "" for the model's
};

// Where the official file may be: $QUIRE_TOKENIZER (then nowhere else), data/tokenizer/ under the
// working directory, and the same beside the models/ folder that the model stands in.
std::vector<std::string> official_tokenizer_paths(const std::string& model_directory);

struct OfficialTokenizer {
  Tokenizer tokenizer;
  std::string path;
};

// The first of them that is there; nothing when none is. Errors: a tokenizer.json that
// $QUIRE_TOKENIZER names and that cannot be read, or one found that is not a tokenizer.
Result<std::optional<OfficialTokenizer>> find_official_tokenizer(
    const std::string& model_directory);

// Errors: those of find_official_tokenizer().
Result<TextTokens> count_text_tokens(std::string_view text, const std::string& model_directory,
                                     const Tokenizer& model);

// The same count for many texts: what has to be opened for it is opened once. The tokenizer must
// outlive it; any number of threads.
std::function<std::size_t(std::string_view text)> token_counter(const Tokenizer& model,
                                                                const std::string& model_directory);

}  // namespace quire
