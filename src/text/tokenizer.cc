#include "text/tokenizer.h"

#include <unordered_map>
#include <utility>

#include "base/file.h"
#include "text/byte_level.h"

namespace quire {
namespace {

// The official file has 8 MB.
constexpr std::size_t kMaxFile = std::size_t{256} << 20;
// Matching tries every length of added token at every place, so they stay short.
constexpr std::size_t kMaxAddedBytes = 1024;

constexpr std::string_view kBos = "<｜begin▁of▁sentence｜>";
constexpr std::string_view kEos = "<｜end▁of▁sentence｜>";

using IdOfToken = std::unordered_map<std::string_view, std::int32_t>;

Result<IdOfToken> index_tokens(const Vocabulary& vocabulary) {
  if (vocabulary.tokens.size() > static_cast<std::size_t>(kMaxTokens)) {
    return over_limit("more than " + std::to_string(kMaxTokens) + " tokens");
  }
  IdOfToken ids;
  ids.reserve(vocabulary.tokens.size());
  for (std::size_t id = 0; id < vocabulary.tokens.size(); ++id) {
    const std::string& token = vocabulary.tokens[id];
    if (token.empty()) continue;
    const auto [other, fresh] = ids.emplace(token, static_cast<std::int32_t>(id));
    if (!fresh) {
      return invalid("token '" + token + "' has two ids, " + std::to_string(other->second) +
                     " and " + std::to_string(id));
    }
  }
  return ids;
}

Result<std::vector<Bpe::Merge>> index_merges(const Vocabulary& vocabulary, const IdOfToken& ids) {
  std::vector<Bpe::Merge> merges;
  merges.reserve(vocabulary.merges.size());
  for (const auto& [left, right] : vocabulary.merges) {
    std::int32_t found[3];
    const std::string parts[3] = {left, right, left + right};
    for (int i = 0; i < 3; ++i) {
      const auto id = ids.find(parts[i]);
      if (id == ids.end()) {
        return invalid("merge " + std::to_string(merges.size()) + " ('" + left.substr(0, 80) +
                       "' + '" + right.substr(0, 80) + "') needs the token '" +
                       parts[i].substr(0, 160) + "', which the vocabulary does not have");
      }
      found[i] = id->second;
    }
    merges.push_back({found[0], found[1], found[2]});
  }
  return merges;
}

Status check_added(const AddedToken& added, const Vocabulary& vocabulary, const IdOfToken& ids) {
  const std::string name = "added token '" + added.content.substr(0, 80) + "'";
  if (added.content.empty()) return invalid("an added token has no content");
  if (added.content.size() > kMaxAddedBytes) {
    return over_limit(name + " is longer than " + std::to_string(kMaxAddedBytes) + " bytes");
  }
  if (added.id < 0 || added.id >= kMaxTokens) {
    return invalid(name + " has the id " + std::to_string(added.id) + ", which is out of range");
  }
  const auto slot = static_cast<std::size_t>(added.id);
  if (slot < vocabulary.tokens.size()) {
    const std::string& holder = vocabulary.tokens[slot];
    if (!holder.empty() && holder != added.content) {
      return invalid(name + " has the id " + std::to_string(added.id) + ", which the token '" +
                     holder.substr(0, 80) + "' has too");
    }
  }
  const auto known = ids.find(added.content);
  if (known != ids.end() && known->second != added.id) {
    return invalid(name + " has two ids, " + std::to_string(known->second) + " and " +
                   std::to_string(added.id));
  }
  return {};
}

}  // namespace

Result<Tokenizer> Tokenizer::load(const std::string& path) {
  const auto bytes = read_file(path, kMaxFile);
  QUIRE_TRY(bytes);
  auto tokenizer = from_json(*bytes);
  if (!tokenizer) return tokenizer.status().at(path);
  return tokenizer;
}

Result<Tokenizer> Tokenizer::of_model(const std::string& model) {
  const auto vocabulary = load_vocabulary(model);
  QUIRE_TRY(vocabulary);
  auto tokenizer = from_vocabulary(*vocabulary);
  if (!tokenizer) return tokenizer.status().at(model);
  return tokenizer;
}

Result<Tokenizer> Tokenizer::from_json(std::string_view json) {
  const auto vocabulary = parse_tokenizer_json(json);
  QUIRE_TRY(vocabulary);
  return from_vocabulary(*vocabulary);
}

Result<Tokenizer> Tokenizer::from_vocabulary(const Vocabulary& vocabulary) {
  auto pretokenizer = Pretokenizer::from_regexes(vocabulary.split_regexes);
  QUIRE_TRY(pretokenizer);
  const auto ids = index_tokens(vocabulary);
  QUIRE_TRY(ids);
  auto merges = index_merges(vocabulary, *ids);
  QUIRE_TRY(merges);

  std::vector<Token> tokens(vocabulary.tokens.size());
  for (std::size_t id = 0; id < tokens.size(); ++id) {
    tokens[id].bytes = token_to_bytes(vocabulary.tokens[id]);
  }
  std::array<std::int32_t, 256> byte_tokens{};
  for (int b = 0; b < 256; ++b) {
    const char byte = static_cast<char>(b);
    const auto id = ids->find(bytes_to_token({&byte, 1}));
    byte_tokens[static_cast<std::size_t>(b)] = id == ids->end() ? -1 : id->second;
  }

  std::vector<std::pair<std::string, std::int32_t>> literals[2];
  for (const AddedToken& added : vocabulary.added) {
    QUIRE_TRY(check_added(added, vocabulary, *ids));
    const auto slot = static_cast<std::size_t>(added.id);
    if (slot >= tokens.size()) tokens.resize(slot + 1);
    std::string bytes = token_to_bytes(added.content);
    if (!tokens[slot].bytes.empty() && tokens[slot].bytes != bytes) {
      return invalid("two added tokens have the id " + std::to_string(slot));
    }
    tokens[slot] = {std::move(bytes), added.special};
    literals[added.normalized].emplace_back(added.content, added.id);
  }
  return Tokenizer(std::move(tokens), *std::move(pretokenizer),
                   Bpe(byte_tokens, *std::move(merges)), LiteralMatcher(std::move(literals[0])),
                   LiteralMatcher(std::move(literals[1])));
}

Tokenizer::Tokenizer(std::vector<Token> tokens, Pretokenizer pretokenizer, Bpe bpe,
                     LiteralMatcher first, LiteralMatcher second)
    : tokens_(std::move(tokens)),
      pretokenizer_(std::move(pretokenizer)),
      bpe_(std::move(bpe)),
      first_(std::move(first)),
      second_(std::move(second)) {
  bos_ = id_of(kBos).value_or(-1);
  eos_ = id_of(kEos).value_or(-1);
}

std::vector<std::int32_t> Tokenizer::encode(std::string_view text, bool add_bos) const {
  std::string repaired;
  if (valid_prefix(text) < text.size()) text = repaired = repair_utf8(text);

  std::vector<std::int32_t> ids;
  if (add_bos && bos_ >= 0) ids.push_back(bos_);
  const auto cut = [&ids](const LiteralMatcher& matcher, std::string_view whole, auto&& rest) {
    std::size_t at = 0;
    while (const auto match = matcher.find(whole, at)) {
      rest(whole.substr(at, match->begin - at));
      ids.push_back(match->id);
      at = match->begin + match->length;
    }
    rest(whole.substr(at));
  };
  cut(first_, text, [&](std::string_view part) {
    cut(second_, part, [&](std::string_view plain) {
      pretokenizer_.split(plain, [&](std::string_view piece) { bpe_.encode(piece, ids); });
    });
  });
  return ids;
}

std::string Tokenizer::decode(std::span<const std::int32_t> ids, bool keep_special) const {
  TokenStream stream(*this, keep_special);
  std::string text;
  for (const std::int32_t id : ids) text += stream.push(id);
  return text += stream.finish();
}

std::string_view Tokenizer::token_bytes(std::int32_t id) const {
  if (id < 0 || id >= vocab_size()) return {};
  return tokens_[static_cast<std::size_t>(id)].bytes;
}

bool Tokenizer::is_special(std::int32_t id) const {
  return id >= 0 && id < vocab_size() && tokens_[static_cast<std::size_t>(id)].special;
}

std::optional<std::int32_t> Tokenizer::id_of(std::string_view content) const {
  for (const LiteralMatcher* matcher : {&first_, &second_}) {
    const auto match = matcher->find(content, 0);
    if (match && match->begin == 0 && match->length == content.size()) return match->id;
  }
  return std::nullopt;
}

std::string TokenStream::push(std::int32_t id) {
  if (!keep_special_ && tokenizer_->is_special(id)) return {};
  return utf8_.push(tokenizer_->token_bytes(id));
}

}  // namespace quire
