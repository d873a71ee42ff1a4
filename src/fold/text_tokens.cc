#include "fold/text_tokens.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "text/utf8.h"

namespace quire {
namespace {

namespace fs = std::filesystem;

// The official vocabulary has 128,000 entries and more; no other model of this family comes near.
constexpr std::int32_t kOfficialVocabulary = 128'000;

// A model that spends a token on each character says nothing about what the text costs elsewhere.
// English prose has 4.1 to 4.6 characters a token under the official tokenizer (Moby Dick, pages of
// 1,500 to 20,000 characters); the larger number flatters no ratio.
constexpr double kOneACharacter = 0.9, kCharactersPerToken = 4.6;

// $QUIRE_TOKENIZER, null where it is not set or empty.
const char* named_tokenizer() {
  const char* named = std::getenv("QUIRE_TOKENIZER");
  return named != nullptr && *named != '\0' ? named : nullptr;
}

}  // namespace

std::vector<std::string> official_tokenizer_paths(const std::string& model_directory) {
  if (const char* named = named_tokenizer()) return {named};
  const fs::path file = fs::path("data") / "tokenizer" / "tokenizer.json";
  std::error_code ignored;
  const fs::path model = fs::weakly_canonical(model_directory, ignored);
  return {file.string(), (model.parent_path().parent_path() / file).string()};
}

Result<std::optional<OfficialTokenizer>> find_official_tokenizer(
    const std::string& model_directory) {
  for (const std::string& path : official_tokenizer_paths(model_directory)) {
    std::error_code ignored;
    if (named_tokenizer() == nullptr && !fs::exists(path, ignored)) continue;
    auto tokenizer = Tokenizer::load(path);
    QUIRE_TRY(tokenizer);
    return std::optional(OfficialTokenizer{*std::move(tokenizer), path});
  }
  return std::optional<OfficialTokenizer>();
}

namespace {

struct Official {
  std::shared_ptr<const Tokenizer> tokenizer;  // null: there is none beside the model's own
  std::string path;
};

Result<Official> find_official(const std::string& model_directory, const Tokenizer& model) {
  if (named_tokenizer() == nullptr && model.vocab_size() >= kOfficialVocabulary) return Official();
  auto found = find_official_tokenizer(model_directory);
  QUIRE_TRY(found);
  if (!*found) return Official();
  return Official{std::make_shared<const Tokenizer>(std::move((*found)->tokenizer)),
                  std::move((*found)->path)};
}

TextTokens count(std::string_view text, const Official& official, const Tokenizer& model) {
  if (official.tokenizer) {
    return {official.tokenizer->encode(text).size(), "official", official.path};
  }
  const std::size_t count = model.encode(text).size();
  if (model.vocab_size() >= kOfficialVocabulary) return {count, "official", ""};
  const double characters = static_cast<double>(decode_utf8_lossy(text).size());
  if (static_cast<double>(count) < kOneACharacter * characters) return {count, "model", ""};
  const auto estimate = std::llround(characters / kCharactersPerToken);
  return {static_cast<std::uint64_t>(std::max(1LL, estimate)), "estimate", ""};
}

}  // namespace

Result<TextTokens> count_text_tokens(std::string_view text, const std::string& model_directory,
                                     const Tokenizer& model) {
  const auto official = find_official(model_directory, model);
  QUIRE_TRY(official);
  return count(text, *official, model);
}

std::function<std::size_t(std::string_view text)> token_counter(
    const Tokenizer& model, const std::string& model_directory) {
  const auto found = find_official(model_directory, model);
  return [official = found ? *found : Official(), &model](std::string_view text) {
    return static_cast<std::size_t>(count(text, official, model).count);
  };
}

}  // namespace quire
