// The durable memory: entries, leaves and their pages in one SQLite file (schema.h,
// docs/memory.md).
//
// Each call is one transaction unless the caller has begun a larger one with begin(). Every row
// carries a checksum that is verified when it is read, so a damaged file is an error that names the
// row, never a wrong memory. Two processes may write at once. One thread for each Store.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "store/database.h"
#include "store/rows.h"

namespace quire {

struct StoreSize {
  std::int64_t entries = 0, text_entries = 0, leaves = 0, pages = 0;
};

// An entry that a search found.
struct Hit {
  std::int64_t id = 0;
  double score = 0;  // BM25 over trigrams; higher is better
};

class Store {
 public:
  // kCreate makes the tables in a new file. Errors: the path, and that it is not a memory, or one
  // of another version.
  static Result<Store> open(const std::string& path,
                            Database::Access access = Database::Access::kOpen);

  Result<Transaction> begin() { return Transaction::begin(database_); }
  const std::string& path() const { return database_.path(); }

  // The id it got; entry.id is ignored unless it is above 0 (an import).
  Result<std::int64_t> add(const Entry& entry);
  Result<Entry> entry(std::int64_t id) const;  // kNotFound
  Status update(const Entry& entry);           // all of it, by its id
  Status erase(std::int64_t id);               // its letters stay on the leaf: see erase_leaf

  // In the order of their times.
  Result<std::vector<Entry>> entries() const;
  Result<std::vector<Entry>> text_entries() const;
  Result<std::vector<Entry>> entries_of(std::int64_t leaf) const;  // by place

  Result<std::int64_t> add_leaf(const Leaf& leaf);
  Status replace_pages(const Leaf& leaf);    // tier, letters, pages; the old pages are gone
  Result<Leaf> leaf(std::int64_t id) const;  // with its pages; kNotFound
  Result<std::vector<Leaf>> leaves() const;  // without pages, by id
  Status erase_leaf(std::int64_t id);        // and its pages and entries

  // Entries whose readable text shares three-letter runs with the query, the best first. A query
  // without such runs looks for itself as it stands.
  Result<std::vector<Hit>> search(std::string_view query, std::size_t limit) const;

  Result<StoreSize> size() const;
  Result<std::int64_t> bytes() const;  // of the file

  // After something was erased: merges the index, so that no deleted word is left in it, and
  // empties the log. Not inside a transaction.
  Status drop_traces();
  // Reads everything. Errors: the first damage, named.
  Status check() const;

 private:
  explicit Store(Database database) : database_(std::move(database)) {}
  Result<std::vector<Entry>> select(const std::string& where,
                                    std::optional<std::int64_t> value = {}) const;

  Database database_;
};

}  // namespace quire
