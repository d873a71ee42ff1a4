#include "memory/exchange.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "format/json.h"
#include "memory/facts.h"
#include "memory/leaf.h"
#include "memory/tier.h"
#include "text/base64.h"
#include "text/utf8.h"

namespace quire {
namespace {

constexpr int kVersion = 1;
constexpr std::int64_t kMostLetters = 100'000;  // of a leaf; ours hold kLeafLetters
constexpr double kMostStrength = 1e9;
constexpr std::int64_t kFarthest = 100'000'000'000;  // times and ids

std::string line_of(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string leaf_line(const Leaf& leaf) {
  nlohmann::ordered_json pages = nlohmann::ordered_json::array();
  for (const LeafPage& page : leaf.pages) {
    pages.push_back({{"side", page.side},
                     {"columns", page.columns},
                     {"rows_per_token", page.rows_per_token},
                     {"picture", encode_base64(as_bytes(page.picture))}});
  }
  return line_of({{"kind", "leaf"},
                  {"id", leaf.id},
                  {"tier", leaf.tier},
                  {"letters", leaf.letters},
                  {"pages", std::move(pages)}});
}

std::string entry_line(const Entry& e) {
  nlohmann::ordered_json json = {{"kind", "entry"},        {"id", e.id},
                                 {"time", e.time},         {"role", e.role},
                                 {"topic", e.topic},       {"importance", e.importance},
                                 {"pinned", e.pinned},     {"strength", e.strength},
                                 {"recalled", e.recalled}, {"facts", e.facts}};
  if (e.text) json["text"] = *e.text;
  if (e.leaf) {
    json["leaf"] = *e.leaf;
    json["place"] = e.place;
    json["length"] = e.length;
  }
  if (e.archive) json["archive"] = *e.archive;
  return line_of(json);
}

Result<LeafPage> page_from(const Json& json) {
  LeafPage page;
  for (const auto& [key, value, most] :
       {std::tuple("side", &page.side, 1280), std::tuple("columns", &page.columns, 1280),
        std::tuple("rows_per_token", &page.rows_per_token, kMaxRowsPerToken)}) {
    const auto number = get_int(json, key, {}, {1, most});
    QUIRE_TRY(number);
    *value = static_cast<int>(*number);
  }
  const auto text = get_string(json, "picture");
  QUIRE_TRY(text);
  const auto bytes = decode_base64(*text);
  QUIRE_TRY(bytes);
  page.picture.assign(bytes->begin(), bytes->end());
  return page;
}

Result<Leaf> leaf_from(const Json& json) {
  Leaf leaf;
  const auto tier = get_string(json, "tier");
  QUIRE_TRY(tier);
  const auto known = find_tier(*tier);
  if (!known || *known == kTextTier || *known == kGone) {
    return invalid("there is no tier of pages called '" + *tier + "'");
  }
  leaf.tier = *tier;
  const auto letters = get_int(json, "letters", {}, {1, kMostLetters});
  QUIRE_TRY(letters);
  leaf.letters = *letters;
  const Json* pages = find_key(json, "pages");
  if (pages == nullptr || !pages->is_array() || pages->empty()) return invalid("no pages");
  std::int64_t room = 0;
  for (const Json& each : *pages) {
    auto page = page_from(each);
    QUIRE_TRY(page);
    room += PageLayout{page->side, page->columns, page->rows_per_token}.capacity();
    leaf.pages.push_back(*std::move(page));
  }
  if (room < leaf.letters) return invalid("its pages do not hold as many letters");
  QUIRE_TRY(pictures(leaf));
  return leaf;
}

Result<Entry> entry_from(const Json& json, const std::map<std::int64_t, Leaf>& leaves) {
  Entry e;
  const IntRange any{-kFarthest, kFarthest};
  const auto time = get_int(json, "time", {}, any);
  QUIRE_TRY(time);
  e.time = *time;
  const auto recalled = get_int(json, "recalled", e.time, any);
  QUIRE_TRY(recalled);
  e.recalled = *recalled;
  for (const auto& [key, value] : {std::pair("role", &e.role), std::pair("topic", &e.topic)}) {
    auto text = get_string(json, key, "");
    QUIRE_TRY(text);
    *value = *std::move(text);
  }
  const auto importance = get_number(json, "importance", 0.0);
  QUIRE_TRY(importance);
  const auto strength = get_number(json, "strength", 1.0);
  QUIRE_TRY(strength);
  if (!(*importance >= 0 && *importance <= 1) || !(*strength > 0 && *strength < kMostStrength)) {
    return invalid("importance goes from 0 to 1, strength is above 0");
  }
  e.importance = *importance;
  e.strength = *strength;
  const auto pinned = get_bool(json, "pinned", false);
  QUIRE_TRY(pinned);
  e.pinned = *pinned;
  if (const Json* facts = find_key(json, "facts"); facts != nullptr) {
    if (!facts->is_array()) return invalid("facts are a list of strings");
    for (const Json& fact : *facts) {
      if (!fact.is_string() || fact.get_ref<const std::string&>().find('\n') != std::string::npos) {
        return invalid("a fact is a string of one line");
      }
      e.facts.push_back(fact.get<std::string>());
    }
  }
  for (const auto& [key, value] : {std::pair("text", &e.text), std::pair("archive", &e.archive)}) {
    if (find_key(json, key) == nullptr) continue;
    auto text = get_string(json, key);
    QUIRE_TRY(text);
    *value = *std::move(text);
  }
  if (e.text && find_key(json, "facts") == nullptr) e.facts = fact_sheet(*e.text);
  if (e.text) {
    if (decode_utf8_lossy(*e.text).size() > kMostLetters) return invalid("the text is too long");
    return e;
  }
  const auto id = get_int(json, "leaf", {}, any);
  QUIRE_TRY(id);
  const auto leaf = leaves.find(*id);
  if (leaf == leaves.end()) return invalid("no leaf " + std::to_string(*id) + " came before it");
  const auto place = get_int(json, "place", {}, {0, leaf->second.letters});
  QUIRE_TRY(place);
  const auto length = get_int(json, "length", {}, {0, leaf->second.letters - *place});
  QUIRE_TRY(length);
  e.leaf = leaf->second.id;
  e.place = *place;
  e.length = *length;
  return e;
}

}  // namespace

Status export_memory(const Store& store,
                     const std::function<Status(std::string_view line)>& write) {
  QUIRE_TRY(write(line_of({{"kind", "memory"}, {"version", kVersion}})));
  const auto leaves = store.leaves();
  QUIRE_TRY(leaves);
  for (const Leaf& row : *leaves) {
    const auto leaf = store.leaf(row.id);
    QUIRE_TRY(leaf);
    QUIRE_TRY(write(leaf_line(*leaf)));
  }
  const auto entries = store.entries();
  QUIRE_TRY(entries);
  for (const Entry& entry : *entries) QUIRE_TRY(write(entry_line(entry)));
  return {};
}

Result<std::size_t> import_memory(std::string_view lines, Store& store) {
  auto transaction = store.begin();
  QUIRE_TRY(transaction);
  std::map<std::int64_t, Leaf> leaves;  // by the id in the file, without pictures
  std::size_t number = 0, added = 0;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 1, lines.size()));
    const std::string where = "line " + std::to_string(++number);
    if (line.empty()) continue;
    const auto json = parse_json(line);
    QUIRE_TRY(json.ok() ? Status() : json.status().at(where));
    const auto kind = get_string(*json, "kind");
    QUIRE_TRY(kind.ok() ? Status() : kind.status().at(where));
    if (number == 1) {
      const auto version = get_int(*json, "version", 0);
      if (*kind != "memory" || !version || *version != kVersion) {
        return invalid("line 1: this is no exported memory of version " + std::to_string(kVersion));
      }
    } else if (*kind == "leaf") {
      auto leaf = leaf_from(*json);
      QUIRE_TRY(leaf.ok() ? Status() : leaf.status().at(where));
      const auto named = get_int(*json, "id", {}, {-kFarthest, kFarthest});
      QUIRE_TRY(named.ok() ? Status() : named.status().at(where));
      const auto id = store.add_leaf(*leaf);
      QUIRE_TRY(id);
      leaves[*named] = {*id, leaf->tier, leaf->letters, {}};
    } else if (*kind == "entry") {
      const auto entry = entry_from(*json, leaves);
      QUIRE_TRY(entry.ok() ? Status() : entry.status().at(where));
      QUIRE_TRY(store.add(*entry));
      ++added;
    } else {
      return invalid(where + ": there is no kind '" + *kind + "'");
    }
  }
  if (number == 0) return invalid("there is nothing to import");
  QUIRE_TRY(transaction->commit());
  return added;
}

}  // namespace quire
