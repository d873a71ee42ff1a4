#include "memory/context.h"

#include <algorithm>
#include <map>

#include "memory/leaf.h"
#include "memory/time_text.h"

namespace quire {
namespace {

constexpr std::string_view kIntroduction =
    "What happened before, oldest first, as pictures of pages; the smaller the letters, the longer "
    "ago. Exact strings stand before each page.";

// A message, or a leaf inside the message of pages.
struct Unit {
  std::vector<ContextPart> parts;
  std::size_t tokens = 0;
  std::size_t tier = kTextTier;
  std::vector<Entry> entries;
};

std::string message_role(const Entry& entry) {
  return entry.role == "assistant" || entry.role == "system" ? entry.role : "user";
}

std::string shown_text(const Entry& entry, const std::string& text) {
  const bool usual = entry.role.empty() || entry.role == message_role(entry);
  return usual ? text : entry.role + ": " + text;
}

Unit text_unit(const Entry& entry, const CountTokens& count) {
  Unit unit;
  const std::string text = entry.text ? *entry.text : entry.reading.value_or("");
  unit.parts.push_back({shown_text(entry, text), ""});
  unit.tokens = count(unit.parts.front().text) + kMessageTokens;
  unit.entries = {entry};
  return unit;
}

std::string page_heading(const std::vector<Entry>& entries, bool facts) {
  Seconds first = entries.front().time, last = first;
  std::string exact;
  for (const Entry& entry : entries) {
    first = std::min(first, entry.time);
    last = std::max(last, entry.time);
    for (const std::string& fact : entry.facts) exact += (exact.empty() ? "" : "; ") + fact;
  }
  const std::string heading = time_text(first) + " to " + time_text(last);
  return facts && !exact.empty() ? heading + ". Exactly: " + exact : heading;
}

Result<Unit> page_unit(const Leaf& leaf, const std::vector<Entry>& entries, bool facts,
                       const CountTokens& count) {
  Unit unit;
  unit.tier = find_tier(leaf.tier).value_or(kLastTier);
  unit.entries = entries;
  unit.parts.push_back({page_heading(entries, facts), ""});
  unit.tokens = count(unit.parts.front().text);
  for (const LeafPage& page : leaf.pages) {
    unit.parts.push_back({"", page.picture});
    unit.tokens += page_tokens(page.side);
  }
  return unit;
}

// The leaf as sharp as `budget` buys; no parts when it buys none.
Result<Unit> affordable(const Leaf& leaf, const std::vector<Entry>& entries, bool facts,
                        std::size_t budget, const CountTokens& count) {
  auto unit = page_unit(leaf, entries, facts, count);
  QUIRE_TRY(unit);
  const auto letters = static_cast<std::size_t>(leaf.letters);
  const std::size_t heading = unit->tokens - leaf_tokens(unit->tier, letters);
  for (std::size_t tier = unit->tier; tier <= kLastTier; ++tier) {
    if (heading + leaf_tokens(tier, letters) > budget) continue;
    if (tier == unit->tier) return unit;
    const auto smaller = aged(leaf, tier);
    QUIRE_TRY(smaller);
    return page_unit(*smaller, entries, facts, count);
  }
  return Unit();
}

// Pinned first, then the newest first; what does not fit is passed over, and so is all behind it,
// so that the text has no holes.
std::vector<Unit> choose_text(const std::vector<Unit>& units, std::size_t budget,
                              std::size_t& spent) {
  std::vector<Unit> chosen;
  spent = 0;
  for (const bool pinned : {true, false}) {
    for (auto unit = units.rbegin(); unit != units.rend(); ++unit) {
      if (unit->entries.front().pinned != pinned) continue;
      if (spent + unit->tokens > budget) break;
      spent += unit->tokens;
      chosen.push_back(*unit);
    }
  }
  std::sort(chosen.begin(), chosen.end(), [](const Unit& a, const Unit& b) {
    const Entry &one = a.entries.front(), &other = b.entries.front();
    return std::pair(one.time, one.id) < std::pair(other.time, other.id);
  });
  return chosen;
}

// Every entry bears a share of its unit; the shares add up to the whole.
void bill(const Unit& unit, std::size_t tokens, Context& context) {
  std::size_t letters = 0, before = 0, paid = 0;
  for (const Entry& entry : unit.entries) letters += static_cast<std::size_t>(entry.length) + 1;
  for (const Entry& entry : unit.entries) {
    before += static_cast<std::size_t>(entry.length) + 1;
    const std::size_t due = tokens * before / letters;
    context.entries.push_back({entry.id, unit.tier, due - paid});
    paid = due;
  }
  context.tokens += tokens;
}

class Builder {
 public:
  Builder(Memory& memory, const ContextOptions& options, const CountTokens& count)
      : memory_(memory), options_(options), count_(count) {}

  Result<Context> build() {
    context_.budget = options_.budget;
    const auto all = options_.pictures ? memory_.store().text_entries() : memory_.store().entries();
    QUIRE_TRY(all);
    const auto size = memory_.store().size();
    QUIRE_TRY(size);
    std::size_t wanted = 0;
    auto units = text_units(*all, wanted);
    QUIRE_TRY(units);
    const bool pages = options_.pictures && size->leaves > 0;
    std::size_t spent = 0;
    const auto text = choose_text(*units, pages ? text_share(wanted) : options_.budget, spent);
    if (pages) QUIRE_TRY(add_pages(options_.budget - std::max(spent, text_share(wanted))));
    for (const Unit& unit : text) {
      context_.messages.push_back({message_role(unit.entries.front()), unit.parts});
      bill(unit, unit.tokens, context_);
    }
    context_.left_out = static_cast<std::size_t>(size->entries) - context_.entries.size();
    QUIRE_CHECK(context_.tokens <= context_.budget);
    return std::move(context_);
  }

 private:
  std::size_t text_share(std::size_t wanted) const {
    const std::size_t eighth = std::max<std::size_t>(options_.budget / 8, 1);
    return std::min((wanted + eighth - 1) / eighth * eighth, options_.budget / 2);
  }

  // From the newest on as many as could ever fit.
  Result<std::vector<Unit>> text_units(const std::vector<Entry>& entries, std::size_t& wanted) {
    const auto leaves = memory_.store().leaves();
    QUIRE_TRY(leaves);
    std::map<std::int64_t, std::size_t> tiers;
    for (const Leaf& leaf : *leaves) tiers[leaf.id] = find_tier(leaf.tier).value_or(kLastTier);
    std::vector<Unit> units;
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
      const bool room = wanted <= options_.budget;
      if (!room && !entry->pinned) continue;
      Entry read = *entry;
      if (read.leaf && !read.reading) {
        QUIRE_TRY(memory_.read_pages(read.leaf));
        auto again = memory_.store().entry(read.id);
        QUIRE_TRY(again);
        read = *std::move(again);
      }
      units.push_back(text_unit(read, count_));
      if (read.leaf) units.back().tier = tiers[*read.leaf];
      wanted += units.back().tokens;
    }
    std::reverse(units.begin(), units.end());
    return units;
  }

  // Leaves, the newest first; those that the query finds before all others.
  Result<std::vector<Leaf>> ordered_leaves() {
    auto leaves = memory_.store().leaves();
    QUIRE_TRY(leaves);
    std::reverse(leaves->begin(), leaves->end());
    if (options_.query.empty()) return leaves;
    QUIRE_TRY(memory_.read_pages());
    const auto hits = memory_.store().search(options_.query, 64);
    QUIRE_TRY(hits);
    std::map<std::int64_t, double> best;
    for (const Hit& hit : *hits) {
      const auto entry = memory_.store().entry(hit.id);
      QUIRE_TRY(entry);
      if (entry->leaf) best[*entry->leaf] = std::max(best[*entry->leaf], hit.score);
    }
    std::stable_sort(leaves->begin(), leaves->end(),
                     [&](const Leaf& a, const Leaf& b) { return best[a.id] > best[b.id]; });
    return leaves;
  }

  Status add_pages(std::size_t budget) {
    const std::size_t introduction = count_(kIntroduction) + kMessageTokens;
    if (budget <= introduction) return {};
    std::size_t left = budget - introduction;
    const auto leaves = ordered_leaves();
    QUIRE_TRY(leaves);
    std::vector<Unit> chosen;
    for (const Leaf& row : *leaves) {
      if (left < page_tokens(kTiers[kLastTier].layout.side)) break;
      const auto leaf = memory_.store().leaf(row.id);
      QUIRE_TRY(leaf);
      const auto entries = memory_.store().entries_of(row.id);
      QUIRE_TRY(entries);
      if (entries->empty()) continue;
      auto unit = affordable(*leaf, *entries, options_.facts, left, count_);
      QUIRE_TRY(unit);
      if (unit->parts.empty()) {
        // A hole in the middle would look like a pause; by time alone, the rest is older still.
        if (options_.query.empty()) break;
        continue;
      }
      left -= unit->tokens;
      chosen.push_back(*std::move(unit));
    }
    if (chosen.empty()) return {};
    std::sort(chosen.begin(), chosen.end(), [](const Unit& a, const Unit& b) {
      const Entry &one = a.entries.front(), &other = b.entries.front();
      return std::pair(one.time, one.id) < std::pair(other.time, other.id);
    });
    ContextMessage message{"user", {{std::string(kIntroduction), ""}}};
    context_.tokens += introduction;
    for (const Unit& unit : chosen) {
      message.parts.insert(message.parts.end(), unit.parts.begin(), unit.parts.end());
      bill(unit, unit.tokens, context_);
    }
    context_.messages.push_back(std::move(message));
    return {};
  }

  Memory& memory_;
  const ContextOptions& options_;
  const CountTokens& count_;
  Context context_;
};

}  // namespace

Result<Context> build_context(Memory& memory, const ContextOptions& options,
                              const CountTokens& count) {
  return Builder(memory, options, count).build();
}

}  // namespace quire
