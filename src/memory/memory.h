// A memory that forgets: a store, a policy that says how things fade, and a clock that the caller
// owns. What just happened is text; with age it becomes a page of small letters, then smaller ones,
// then nothing. What a page no longer shows is not kept anywhere else, unless the user asked for an
// archive.
//
//   auto memory = Memory::open("life.memory", {.font = &font, .reader = reader});
//   memory->add({.role = "user", .text = "..."}, now);
//   memory->tick(now);                       // everything as old as it is by now
//   memory->recall("the key of the shed", now, 5);
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "fold/page_reader.h"
#include "memory/policy.h"
#include "render/page.h"
#include "store/store.h"

namespace quire {

// Longer texts are cut into several entries, at a line or sentence end where there is one.
inline constexpr std::size_t kMostEntryLetters = 2000;

struct MemoryTools {
  Font* font = nullptr;              // for tick and recall; of a fixed pitch
  std::optional<PageReader> reader;  // for recall; without one only text and facts are found
  Policy policy;
  // Called before each unit of long work; may be empty.
  std::function<void(std::string_view what, std::size_t done, std::size_t total)> progress = {};
};

struct NewEntry {
  std::string role = {}, topic = {}, text = {};
  double importance = 0;
  bool pinned = false, archive = false;
};

struct TickReport {
  std::size_t set = 0;        // leaves made of text
  std::size_t aged = 0;       // leaves that became smaller
  std::size_t forgotten = 0;  // entries that are gone
  std::size_t unknown = 0;    // letters that no face has, and that no page can show
  std::string remark;         // a sentence to show, or ""
};

struct Recalled {
  Entry entry;
  std::string text;  // as it can be read now
  std::size_t tier = kTextTier;
  double confidence = 1;  // of the reading; 1 for text
  double score = 0;       // of the search
};

class Memory {
 public:
  static Result<Memory> open(const std::string& path, MemoryTools tools,
                             Database::Access access = Database::Access::kOpen);

  // The ids of the entries made of it, in one transaction. Errors: a text that is empty or not
  // UTF-8, an importance outside 0 to 1.
  Result<std::vector<std::int64_t>> add(const NewEntry& entry, Seconds now);

  // Ages everything to `now`. Each leaf is one transaction: killed at any moment, the memory is as
  // before it or as after it. Asked twice, the second time does nothing.
  Result<TickReport> tick(Seconds now);

  // The entries that answer the query best, as they can be read now: everything is aged first, and
  // pages are read that nobody has read since they last changed. What is found grows stronger as
  // the policy says; with an archive it becomes text again.
  Result<std::vector<Recalled>> recall(std::string_view query, Seconds now, std::size_t limit);

  // Reads the pages that were not read since they changed; with a leaf, those of that leaf alone.
  Status read_pages(std::optional<std::int64_t> leaf = {});

  // Forgets at once, pictures and facts too. Error: kNotFound.
  Status forget(std::int64_t id);

  Store& store() { return store_; }
  const Store& store() const { return store_; }
  const MemoryTools& tools() const { return tools_; }

 private:
  Memory(Store store, MemoryTools tools) : store_(std::move(store)), tools_(std::move(tools)) {}

  // The tier a leaf should have: that of the entry on it that has faded least.
  std::size_t tier_of(const std::vector<Entry>& entries, Seconds now) const;
  Status age_leaves(Seconds now, TickReport& report);
  Status set_leaves(Seconds now, TickReport& report);
  std::vector<std::vector<std::int64_t>> plan_leaves(std::span<const Entry> waiting,
                                                     Seconds now) const;
  Status set_one(const std::vector<std::int64_t>& ids, Seconds now, TickReport& report);
  void show(std::string_view what, std::size_t done, std::size_t total) const {
    if (tools_.progress) tools_.progress(what, done, total);
  }

  Store store_;
  MemoryTools tools_;
};

}  // namespace quire
