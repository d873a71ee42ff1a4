#include <nlohmann/json.hpp>

#include "format/json.h"
#include "text/vocabulary.h"

namespace quire {
namespace {

const Json kNull;

// A member, or null when `object` is no object or has none of that name.
const Json& member(const Json& object, const char* name) {
  const Json* found = find_key(object, name);
  return found != nullptr ? *found : kNull;
}

bool is_text(const Json& value, std::string_view text) {
  return value.is_string() && value.get_ref<const std::string&>() == text;
}

// Absent, null, false, zero or empty: a feature that is off.
bool is_off(const Json& value) {
  if (value.is_number()) return value == 0;
  return value.is_null() || value == false || value.empty() || is_text(value, "");
}

// A value for an error message. Lists and objects are not written out: they may be long.
std::string shown(const Json& value) {
  return value.is_structured() ? value.type_name() : value.dump().substr(0, 200);
}

Result<std::int32_t> read_id(const Json& value, const std::string& token) {
  if (value.is_number_unsigned() && value.get<std::uint64_t>() < kMaxTokens) {
    return value.get<std::int32_t>();
  }
  return invalid("the id of token '" + token + "' is " + shown(value) +
                 "; it must be an integer from 0 to " + std::to_string(kMaxTokens - 1));
}

Status read_model(const Json& model, Vocabulary& out) {
  if (!is_text(member(model, "type"), "BPE")) {
    return unsupported("model.type is not \"BPE\", the only kind this build knows");
  }
  for (const char* name : {"dropout", "unk_token", "continuing_subword_prefix",
                           "end_of_word_suffix", "byte_fallback", "ignore_merges"}) {
    if (!is_off(member(model, name))) {
      return unsupported(std::string("model.") + name + " is set, which this build does not know");
    }
  }

  const Json& vocab = member(model, "vocab");
  if (!vocab.is_object() || vocab.empty()) return invalid("model.vocab is not a filled object");
  for (const auto& [token, value] : vocab.items()) {
    const auto id = read_id(value, token);
    QUIRE_TRY(id);
    const auto slot = static_cast<std::size_t>(*id);
    if (token.empty()) return invalid("model.vocab has an empty token");
    if (slot >= out.tokens.size()) out.tokens.resize(slot + 1);
    if (!out.tokens[slot].empty()) {
      return invalid("the tokens '" + out.tokens[slot] + "' and '" + token + "' both have id " +
                     std::to_string(slot));
    }
    out.tokens[slot] = token;
  }
  return {};
}

Status read_merges(const Json& merges, Vocabulary& out) {
  if (!merges.is_array()) return invalid("model.merges is not a list");
  out.merges.reserve(merges.size());
  for (const Json& merge : merges) {
    if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string()) {
      out.merges.emplace_back(merge[0].get<std::string>(), merge[1].get<std::string>());
      continue;
    }
    const std::string text = merge.is_string() ? merge.get<std::string>() : "";
    const std::size_t space = text.find(' ');
    if (space == std::string::npos || text.find(' ', space + 1) != std::string::npos) {
      return invalid("merge " + std::to_string(out.merges.size()) + " is " + shown(merge) +
                     "; \"left right\" or [left, right] was expected");
    }
    out.merges.emplace_back(text.substr(0, space), text.substr(space + 1));
  }
  return {};
}

Status read_added(const Json& list, Vocabulary& out) {
  if (list.is_null()) return {};
  if (!list.is_array()) return invalid("added_tokens is not a list");
  for (const Json& entry : list) {
    const Json& content = member(entry, "content");
    if (!content.is_string() || content.get_ref<const std::string&>().empty()) {
      return invalid("added token " + std::to_string(out.added.size()) + " has no content");
    }
    AddedToken token;
    token.content = content.get<std::string>();
    const auto id = read_id(member(entry, "id"), token.content);
    QUIRE_TRY(id);
    token.id = *id;
    for (const char* name : {"single_word", "lstrip", "rstrip"}) {
      if (!is_off(member(entry, name))) {
        return unsupported("added token '" + token.content + "' has " + name +
                           " set, which this build does not know");
      }
    }
    token.special = !is_off(member(entry, "special"));
    token.normalized = !is_off(member(entry, "normalized"));
    out.added.push_back(std::move(token));
  }
  return {};
}

// One step of the pre-tokeniser: a Split by an expression, or the ByteLevel that comes last.
Status read_pretokenizer(const Json& step, bool last, Vocabulary& out) {
  const Json& type = member(step, "type");
  if (is_text(type, "ByteLevel")) {
    const bool plain =
        is_off(member(step, "add_prefix_space")) && member(step, "use_regex") == false;
    if (last && plain) return {};
  } else if (is_text(type, "Split") && !last) {
    const Json& regex = member(member(step, "pattern"), "Regex");
    const bool isolated = is_text(member(step, "behavior"), "Isolated");
    if (regex.is_string() && isolated && is_off(member(step, "invert"))) {
      out.split_regexes.push_back(regex.get<std::string>());
      return {};
    }
  }
  return unsupported("this build does not know a pre-tokeniser of type " + shown(type) +
                     " as it stands there; it knows isolating Splits, then one plain ByteLevel");
}

Status read_pretokenizers(const Json& root, Vocabulary& out) {
  if (!is_text(member(root, "type"), "Sequence")) return read_pretokenizer(root, true, out);
  const Json& steps = member(root, "pretokenizers");
  if (!steps.is_array() || steps.empty()) return invalid("pre_tokenizer has no list of steps");
  for (const Json& step : steps) {
    QUIRE_TRY(read_pretokenizer(step, &step == &steps.back(), out));
  }
  return {};
}

Status read_root(const Json& root, Vocabulary& out) {
  const Json& normalizer = member(root, "normalizer");
  const bool nothing =
      is_text(member(normalizer, "type"), "Sequence") && is_off(member(normalizer, "normalizers"));
  if (!is_off(normalizer) && !nothing) {
    return unsupported("it has a normaliser, which this build does not know");
  }
  QUIRE_TRY(read_pretokenizers(member(root, "pre_tokenizer"), out));
  QUIRE_TRY(read_model(member(root, "model"), out));
  QUIRE_TRY(read_merges(member(member(root, "model"), "merges"), out));
  return read_added(member(root, "added_tokens"), out);
}

}  // namespace

Result<Vocabulary> parse_tokenizer_json(std::string_view json) {
  const auto root = parse_json(json);
  QUIRE_TRY(root);
  if (!root->is_object()) return invalid("not a JSON object");
  Vocabulary vocabulary;
  QUIRE_TRY(read_root(*root, vocabulary));
  return vocabulary;
}

}  // namespace quire
