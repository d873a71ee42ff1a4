#include "memory/memory.h"

#include <algorithm>
#include <map>

#include "fold/source_text.h"
#include "memory/facts.h"
#include "memory/leaf.h"
#include "text/utf8.h"

namespace quire {
namespace {

// The text in parts of at most kMostEntryLetters, cut behind a line, else a sentence, else a word,
// if there is one in the second half of the part.
std::vector<std::string> parts_of(const std::u32string& text) {
  std::vector<std::string> parts;
  for (std::u32string_view rest = text; !rest.empty();) {
    std::size_t length = std::min(rest.size(), kMostEntryLetters);
    if (length < rest.size()) {
      for (const std::u32string_view end : {U"\n", U". ", U" "}) {
        const std::size_t at = rest.rfind(end, length - end.size());
        if (at == rest.npos || at < length / 2) continue;
        length = at + end.size();
        break;
      }
    }
    std::string part = encode_utf8(rest.substr(0, length));
    rest.remove_prefix(length);
    while (!part.empty() && (part.back() == '\n' || part.back() == ' ')) part.pop_back();
    if (!part.empty()) parts.push_back(std::move(part));
  }
  return parts;
}

}  // namespace

Result<Memory> Memory::open(const std::string& path, MemoryTools tools, Database::Access access) {
  auto store = Store::open(path, access);
  QUIRE_TRY(store);
  return Memory(*std::move(store), std::move(tools));
}

Result<std::vector<std::int64_t>> Memory::add(const NewEntry& entry, Seconds now) {
  if (!(entry.importance >= 0 && entry.importance <= 1)) {
    return invalid("importance goes from 0 to 1");
  }
  const auto role = decode_utf8(entry.role);
  if (!role || role->size() > 64 || role->find(U'\n') != role->npos) {
    return invalid("a role is one line of UTF-8 and at most 64 letters");
  }
  if (!decode_utf8(entry.topic)) return invalid("the topic is not UTF-8");
  const auto text = check_text(entry.text);
  QUIRE_TRY(text);
  auto transaction = store_.begin();
  QUIRE_TRY(transaction);
  std::vector<std::int64_t> ids;
  for (const std::string& part : parts_of(text->drawn)) {
    Entry added;
    added.time = added.recalled = now;
    added.role = entry.role;
    added.topic = entry.topic;
    added.importance = entry.importance;
    added.pinned = entry.pinned;
    added.text = part;
    added.facts = fact_sheet(part);
    if (entry.archive) added.archive = part;
    const auto id = store_.add(added);
    QUIRE_TRY(id);
    ids.push_back(*id);
  }
  QUIRE_TRY(transaction->commit());
  return ids;
}

std::size_t Memory::tier_of(const std::vector<Entry>& entries, Seconds now) const {
  std::size_t tier = kGone;
  for (const Entry& entry : entries) tier = std::min(tier, tools_.policy.tier(entry, now));
  return tier;
}

Result<TickReport> Memory::tick(Seconds now) {
  TickReport report;
  QUIRE_TRY(age_leaves(now, report));
  QUIRE_TRY(set_leaves(now, report));
  if (report.set + report.aged + report.forgotten == 0) return report;
  const Status traces = store_.drop_traces();
  if (traces.code() == Code::kLimit) {
    report.remark = traces.message();
  } else {
    QUIRE_TRY(traces);
  }
  return report;
}

Status Memory::age_leaves(Seconds now, TickReport& report) {
  const auto leaves = store_.leaves();
  QUIRE_TRY(leaves);
  for (std::size_t i = 0; i < leaves->size(); ++i) {
    show("ageing", i, leaves->size());
    const auto on_it = store_.entries_of((*leaves)[i].id);
    QUIRE_TRY(on_it);
    if (tier_of(*on_it, now) <= find_tier((*leaves)[i].tier).value_or(kGone)) continue;
    auto transaction = store_.begin();
    QUIRE_TRY(transaction);
    // Another process may have been here since the list was made.
    const auto leaf = store_.leaf((*leaves)[i].id);
    if (leaf.status().code() == Code::kNotFound) continue;
    QUIRE_TRY(leaf);
    auto entries = store_.entries_of(leaf->id);
    QUIRE_TRY(entries);
    const std::size_t wanted = tier_of(*entries, now);
    if (wanted == kGone) {
      QUIRE_TRY(store_.erase_leaf(leaf->id));
      report.forgotten += entries->size();
    } else if (wanted > find_tier(leaf->tier).value_or(kGone)) {
      const auto older = aged(*leaf, wanted);
      QUIRE_TRY(older);
      QUIRE_TRY(store_.replace_pages(*older));
      for (Entry& entry : *entries) {
        entry.reading.reset();
        entry.confidence = 0;
        QUIRE_TRY(store_.update(entry));
      }
      ++report.aged;
    } else {
      continue;
    }
    QUIRE_TRY(transaction->commit());
  }
  return {};
}

// Entries wait as text until they fill a leaf, or until no other may join them: text costs less
// than a page that is mostly empty, and a leaf that is set never changes its neighbours. They stand
// in line in the order in which they cease to be text, so whoever comes to it later stands behind,
// and the leaves are the same however often the clock ticks.
Status Memory::set_leaves(Seconds now, TickReport& report) {
  const Policy& policy = tools_.policy;
  std::vector<std::vector<std::int64_t>> leaves;
  {
    auto transaction = store_.begin();
    QUIRE_TRY(transaction);
    auto waiting = store_.text_entries();
    QUIRE_TRY(waiting);
    std::erase_if(*waiting, [&](const Entry& entry) {
      return entry.pinned || policy.text_until(entry) > now;
    });
    std::stable_sort(waiting->begin(), waiting->end(), [&](const Entry& a, const Entry& b) {
      return policy.text_until(a) < policy.text_until(b);
    });
    leaves = plan_leaves(*waiting, now);
  }
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    show("setting pages", i, leaves.size());
    QUIRE_TRY(set_one(leaves[i], now, report));
  }
  return {};
}

std::vector<std::vector<std::int64_t>> Memory::plan_leaves(std::span<const Entry> waiting,
                                                           Seconds now) const {
  const Policy& policy = tools_.policy;
  std::vector<std::vector<std::int64_t>> leaves;
  while (!waiting.empty()) {
    bool full = false;
    const std::size_t count = entries_for_leaf(waiting, policy, full);
    if (!full && now - policy.text_until(waiting.front()) <= policy.span) break;
    leaves.emplace_back();
    for (const Entry& entry : waiting.first(count)) leaves.back().push_back(entry.id);
    waiting = waiting.subspan(count);
  }
  return leaves;
}

Status Memory::set_one(const std::vector<std::int64_t>& ids, Seconds now, TickReport& report) {
  QUIRE_CHECK(tools_.font != nullptr);
  auto transaction = store_.begin();
  QUIRE_TRY(transaction);
  std::vector<Entry> entries;
  for (const std::int64_t id : ids) {
    auto entry = store_.entry(id);
    // Another process was here since the leaves were planned; its tick or the next one does this.
    if (entry.status().code() == Code::kNotFound || (entry && entry->leaf)) return {};
    QUIRE_TRY(entry);
    entries.push_back(*std::move(entry));
  }
  const std::size_t wanted = tier_of(entries, now);
  if (wanted == kGone) {  // nobody came in a year, and what is to be forgotten needs no picture
    for (const Entry& entry : entries) QUIRE_TRY(store_.erase(entry.id));
    report.forgotten += entries.size();
    return transaction->commit();
  }
  const std::size_t tier = std::max(wanted, kSharpestPage);
  const auto leaf = set_leaf(entries, tier, *tools_.font, report.unknown);
  QUIRE_TRY(leaf);
  const auto id = store_.add_leaf(*leaf);
  QUIRE_TRY(id);
  for (Entry& entry : entries) {
    entry.leaf = *id;
    QUIRE_TRY(store_.update(entry));
  }
  QUIRE_TRY(transaction->commit());
  ++report.set;
  return {};
}

Status Memory::read_pages(std::optional<std::int64_t> only) {
  if (!tools_.reader) return {};
  const auto leaves = store_.leaves();
  QUIRE_TRY(leaves);
  for (std::size_t i = 0; i < leaves->size(); ++i) {
    if (only && (*leaves)[i].id != *only) continue;
    const auto entries = store_.entries_of((*leaves)[i].id);
    QUIRE_TRY(entries);
    const bool read = std::all_of(entries->begin(), entries->end(),
                                  [](const Entry& entry) { return entry.reading.has_value(); });
    if (read) continue;
    show("reading", i, leaves->size());
    const auto leaf = store_.leaf((*leaves)[i].id);
    if (leaf.status().code() == Code::kNotFound) continue;
    QUIRE_TRY(leaf);
    const auto reading = read_leaf(*leaf, *tools_.reader);
    QUIRE_TRY(reading);
    auto transaction = store_.begin();
    QUIRE_TRY(transaction);
    const auto still = store_.leaf(leaf->id);  // reading takes long; the page may have aged
    if (still.status().code() == Code::kNotFound) continue;
    QUIRE_TRY(still);
    if (still->tier != leaf->tier) continue;
    auto present = store_.entries_of(leaf->id);
    QUIRE_TRY(present);
    for (Entry& entry : *present) {
      entry.reading = reading_of(entry, *reading);
      entry.confidence = reading->confidence;
      QUIRE_TRY(store_.update(entry));
    }
    QUIRE_TRY(transaction->commit());
  }
  return {};
}

Result<std::vector<Recalled>> Memory::recall(std::string_view query, Seconds now,
                                             std::size_t limit) {
  // What has faded by now is not made stronger because nobody looked at the clock.
  const auto ticked = tick(now);
  QUIRE_TRY(ticked);
  QUIRE_TRY(read_pages());
  auto transaction = store_.begin();
  QUIRE_TRY(transaction);
  const auto hits = store_.search(query, limit);
  QUIRE_TRY(hits);
  std::map<std::int64_t, std::size_t> tiers;
  const auto leaves = store_.leaves();
  QUIRE_TRY(leaves);
  for (const Leaf& leaf : *leaves) tiers[leaf.id] = find_tier(leaf.tier).value_or(kLastTier);

  std::vector<Recalled> found;
  for (const Hit& hit : *hits) {
    auto entry = store_.entry(hit.id);
    QUIRE_TRY(entry);
    Recalled recalled{*entry, "", kTextTier, 1, hit.score};
    if (entry->leaf) {
      recalled.tier = tiers[*entry->leaf];
      recalled.text = entry->reading.value_or("");
      recalled.confidence = entry->confidence;
    } else {
      recalled.text = *entry->text;
    }
    const Entry before = *entry;
    tools_.policy.recalled(*entry, now);
    if (entry->archive && entry->leaf && tools_.policy.restore) {
      // Its letters on the leaf fade on by themselves; the entry begins anew, as text.
      entry->text = recalled.text = *entry->archive;
      entry->leaf.reset();
      entry->reading.reset();
      entry->confidence = 0;
      entry->recalled = std::max(entry->recalled, now);
      recalled.tier = kTextTier;
      recalled.confidence = 1;
    }
    if (entry->recalled != before.recalled || entry->strength != before.strength ||
        entry->leaf != before.leaf) {
      QUIRE_TRY(store_.update(*entry));
    }
    recalled.entry = *std::move(entry);
    found.push_back(std::move(recalled));
  }
  QUIRE_TRY(transaction->commit());
  return found;
}

Status Memory::forget(std::int64_t id) {
  {
    auto transaction = store_.begin();
    QUIRE_TRY(transaction);
    const auto entry = store_.entry(id);
    QUIRE_TRY(entry);
    if (entry->leaf) {
      auto leaf = store_.leaf(*entry->leaf);
      QUIRE_TRY(leaf);
      QUIRE_TRY(blot_out(*leaf, *entry));
      QUIRE_TRY(store_.replace_pages(*leaf));
    }
    QUIRE_TRY(store_.erase(id));
    QUIRE_TRY(transaction->commit());
  }
  return store_.drop_traces();
}

}  // namespace quire
