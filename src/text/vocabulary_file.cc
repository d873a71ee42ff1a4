#include "base/file.h"
#include "format/gguf_pair.h"
#include "text/vocabulary.h"

namespace quire {
namespace {

// The official file has 8 MB.
constexpr std::size_t kMaxFile = std::size_t{256} << 20;

Result<Vocabulary> from_file(const GgufFile& file) {
  const auto kind = file.get_string("tokenizer.ggml.model"),
             pre = file.get_string("tokenizer.ggml.pre");
  QUIRE_TRY(kind);
  QUIRE_TRY(pre);
  if (*kind != "gpt2") {
    return unsupported("tokenizer.ggml.model is '" + kind->substr(0, 80) +
                       "'; this build knows 'gpt2', byte-level BPE");
  }
  const auto tokens = file.get_strings("tokenizer.ggml.tokens"),
             merges = file.get_strings("tokenizer.ggml.merges");
  const auto types = file.get_ints("tokenizer.ggml.token_type");
  QUIRE_TRY(tokens);
  QUIRE_TRY(merges);
  QUIRE_TRY(types);
  std::vector<std::int32_t> narrow;
  narrow.reserve(types->size());
  for (const std::int64_t type : *types) {
    narrow.push_back(type >= 0 && type <= 100 ? static_cast<std::int32_t>(type) : -1);
  }
  return vocabulary_from_gguf(*tokens, narrow, *merges, *pre);
}

}  // namespace

Result<Vocabulary> load_vocabulary(const std::string& model) {
  if (is_gguf_model(model)) {
    const auto file = open_language_file(model);
    QUIRE_TRY(file);
    auto vocabulary = from_file(*file);
    if (!vocabulary) return vocabulary.status().at(model);
    return vocabulary;
  }
  const std::string path = model + "/tokenizer.json";
  const auto bytes = read_file(path, kMaxFile);
  QUIRE_TRY(bytes);
  auto vocabulary = parse_tokenizer_json(*bytes);
  if (!vocabulary) return vocabulary.status().at(path);
  return vocabulary;
}

}  // namespace quire
