#include "text/pretokenize.h"
#include "text/vocabulary.h"

namespace quire {
namespace {

// llama.cpp's token types that mean something here.
constexpr std::int32_t kNormal = 1, kControl = 3, kUserDefined = 4, kUnused = 5, kByte = 6;

// "left right"; the left side is never empty, so its first character may be a space.
Result<std::pair<std::string, std::string>> split_merge(const std::string& merge) {
  const std::size_t space = merge.find(' ', 1);
  if (space != std::string::npos && space + 1 < merge.size()) {
    return std::pair(merge.substr(0, space), merge.substr(space + 1));
  }
  return invalid(std::string("'").append(merge, 0, 80) +
                 "' is not two tokens with a space between them");
}

}  // namespace

Result<Vocabulary> vocabulary_from_gguf(std::span<const std::string> tokens,
                                        std::span<const std::int32_t> types,
                                        std::span<const std::string> merges, std::string_view pre) {
  if (pre != "deepseek-v3") {
    return unsupported("tokenizer.ggml.pre is '" + std::string(pre.substr(0, 80)) +
                       "'; this build knows 'deepseek-v3'");
  }
  if (tokens.size() != types.size()) {
    return invalid("tokenizer.ggml.tokens has " + std::to_string(tokens.size()) +
                   " entries, tokenizer.ggml.token_type " + std::to_string(types.size()));
  }
  if (tokens.size() > static_cast<std::size_t>(kMaxTokens)) {
    return over_limit("more than " + std::to_string(kMaxTokens) + " tokens");
  }
  Vocabulary vocabulary;
  vocabulary.tokens.resize(tokens.size());
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const auto id = static_cast<std::int32_t>(i);
    switch (types[i]) {
      case kUnused:
        break;
      case kControl:
      case kUserDefined:
        vocabulary.added.push_back({id, tokens[i], types[i] == kControl});
        break;
      case kNormal:
      case kByte:
        vocabulary.tokens[i] = tokens[i];
        break;
      default:
        return invalid("token " + std::to_string(i) + " has the unknown type " +
                       std::to_string(types[i]));
    }
  }
  for (std::size_t i = 0; i < merges.size(); ++i) {
    auto merge = split_merge(merges[i]);
    if (!merge) return merge.status().at("tokenizer.ggml.merges[" + std::to_string(i) + "]");
    vocabulary.merges.push_back(*std::move(merge));
  }
  vocabulary.split_regexes = deepseek_v3_regexes();
  return vocabulary;
}

}  // namespace quire
