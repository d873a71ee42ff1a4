#include "store/store.h"

#include "store/entry_row.h"
#include "store/schema.h"

namespace quire {
namespace {

// Every run of three letters, as alternatives; "" when there is none.
std::string trigrams(std::string_view query) {
  std::vector<std::string> starts;  // code points
  std::string wanted;
  for (std::size_t i = 0; i < query.size();) {
    std::size_t end = i + 1;
    while (end < query.size() && (static_cast<unsigned char>(query[end]) & 0xC0) == 0x80) ++end;
    const std::string letter(query.substr(i, end - i));
    i = end;
    if (letter == " " || letter == "\n" || letter == "\t") {
      starts.clear();
      continue;
    }
    starts.push_back(letter == "\"" ? "\"\"" : letter);
    if (starts.size() < 3) continue;
    const std::size_t n = starts.size();
    wanted +=
        (wanted.empty() ? "\"" : " OR \"") + starts[n - 3] + starts[n - 2] + starts[n - 1] + "\"";
  }
  return wanted;
}

}  // namespace

Result<Store> Store::open(const std::string& path, Database::Access access) {
  auto database = Database::open(path, access);
  QUIRE_TRY(database);
  const auto seen = database->integer("PRAGMA user_version");
  QUIRE_TRY(seen);
  if (*seen == 0) {
    // New; or another process is making it at this moment, which the transaction waits for.
    auto transaction = Transaction::begin(*database);
    QUIRE_TRY(transaction);
    const auto tables = database->integer("SELECT count(*) FROM sqlite_schema");
    QUIRE_TRY(tables);
    const auto made = database->integer("PRAGMA user_version");
    QUIRE_TRY(made);
    if (*tables != 0 && *made == 0) return invalid(path + ": a database, but not a memory");
    if (*made == 0) {
      QUIRE_TRY(database->run(kSchema));
      const std::string marks = "PRAGMA application_id = " + std::to_string(kStoreApplication) +
                                "; PRAGMA user_version = " + std::to_string(kStoreVersion);
      QUIRE_TRY(database->run(marks.c_str()));
    }
    QUIRE_TRY(transaction->commit());
  }
  const auto application = database->integer("PRAGMA application_id");
  QUIRE_TRY(application);
  const auto version = database->integer("PRAGMA user_version");
  QUIRE_TRY(version);
  if (*application != kStoreApplication) {
    return invalid(path + ": a database, but not a memory");
  }
  if (*version != kStoreVersion) {
    return unsupported(path + ": a memory of version " + std::to_string(*version) +
                       "; this program reads version " + std::to_string(kStoreVersion));
  }
  return Store(*std::move(database));
}

Result<std::int64_t> Store::add(const Entry& entry) {
  auto insert = database_.prepare(
      "INSERT INTO entry (id, time, role, topic, importance, pinned, strength, recalled, text, "
      "leaf, place, length, facts, archive, reading, confidence, sum) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  QUIRE_TRY(insert);
  entry.id > 0 ? insert->bind(entry.id) : insert->bind_null();
  bind_entry(*insert, entry);
  QUIRE_TRY(insert->run());
  return database_.last_id();
}

Status Store::update(const Entry& entry) {
  auto update = database_.prepare(
      "UPDATE entry SET time = ?, role = ?, topic = ?, importance = ?, pinned = ?, strength = ?, "
      "recalled = ?, text = ?, leaf = ?, place = ?, length = ?, facts = ?, archive = ?, "
      "reading = ?, confidence = ?, sum = ? WHERE id = ?");
  QUIRE_TRY(update);
  bind_entry(*update, entry);
  update->bind(entry.id);
  return update->run();
}

Status Store::erase(std::int64_t id) {
  auto erase = database_.prepare("DELETE FROM entry WHERE id = ?");
  QUIRE_TRY(erase);
  return erase->bind(id).run();
}

Result<std::vector<Entry>> Store::select(const std::string& where,
                                         std::optional<std::int64_t> value) const {
  auto select =
      database_.prepare(("SELECT " + std::string(kEntryColumns) + " FROM entry " + where).c_str());
  QUIRE_TRY(select);
  if (value) select->bind(*value);
  std::vector<Entry> entries;
  for (;;) {
    const auto row = select->step();
    QUIRE_TRY(row);
    if (!*row) return entries;
    auto entry = read_entry(*select, path());
    QUIRE_TRY(entry);
    entries.push_back(*std::move(entry));
  }
}

Result<Entry> Store::entry(std::int64_t id) const {
  auto found = select("WHERE id = ?", id);
  QUIRE_TRY(found);
  if (found->empty()) return not_found(path() + ": there is no entry " + std::to_string(id));
  return std::move(found->front());
}

Result<std::vector<Entry>> Store::entries() const { return select("ORDER BY time, id"); }
Result<std::vector<Entry>> Store::text_entries() const {
  return select("WHERE leaf IS NULL ORDER BY time, id");
}
Result<std::vector<Entry>> Store::entries_of(std::int64_t leaf) const {
  return select("WHERE leaf = ? ORDER BY place", leaf);
}

Result<std::int64_t> Store::add_leaf(const Leaf& leaf) {
  auto insert = database_.prepare("INSERT INTO leaf (tier, letters) VALUES (?, ?)");
  QUIRE_TRY(insert);
  QUIRE_TRY(insert->bind(std::string_view(leaf.tier)).bind(leaf.letters).run());
  Leaf added = leaf;
  added.id = database_.last_id();
  QUIRE_TRY(replace_pages(added));
  return added.id;
}

Status Store::replace_pages(const Leaf& leaf) {
  auto update = database_.prepare("UPDATE leaf SET tier = ?, letters = ? WHERE id = ?");
  QUIRE_TRY(update);
  QUIRE_TRY(update->bind(std::string_view(leaf.tier)).bind(leaf.letters).bind(leaf.id).run());
  auto erase = database_.prepare("DELETE FROM page WHERE leaf = ?");
  QUIRE_TRY(erase);
  QUIRE_TRY(erase->bind(leaf.id).run());
  auto insert = database_.prepare("INSERT INTO page VALUES (?, ?, ?, ?, ?, ?, ?)");
  QUIRE_TRY(insert);
  std::int64_t number = 0;
  for (const LeafPage& page : leaf.pages) {
    insert->bind(leaf.id).bind(number++).bind(std::int64_t{page.side});
    insert->bind(std::int64_t{page.columns}).bind(std::int64_t{page.rows_per_token});
    QUIRE_TRY(insert->bind_blob(page.picture).bind(sum_of(page)).run());
  }
  return {};
}

Result<Leaf> Store::leaf(std::int64_t id) const {
  auto select = database_.prepare("SELECT tier, letters FROM leaf WHERE id = ?");
  QUIRE_TRY(select);
  const auto row = select->bind(id).step();
  QUIRE_TRY(row);
  if (!*row) return not_found(path() + ": there is no leaf " + std::to_string(id));
  Leaf leaf{id, select->text(0), select->integer(1), {}};
  auto pages = database_.prepare(
      "SELECT side, columns, rows_per_token, picture, sum FROM page WHERE leaf = ? ORDER BY "
      "number");
  QUIRE_TRY(pages);
  pages->bind(id);
  for (;;) {
    const auto next = pages->step();
    QUIRE_TRY(next);
    if (!*next) return leaf;
    LeafPage page{static_cast<int>(pages->integer(0)), static_cast<int>(pages->integer(1)),
                  static_cast<int>(pages->integer(2)), pages->text(3)};
    if (sum_of(page) != pages->integer(4)) {
      return invalid(path() + ": page " + std::to_string(leaf.pages.size() + 1) + " of leaf " +
                     std::to_string(id) + " is damaged (its checksum is wrong); go back to a copy");
    }
    leaf.pages.push_back(std::move(page));
  }
}

Result<std::vector<Leaf>> Store::leaves() const {
  auto select = database_.prepare("SELECT id, tier, letters FROM leaf ORDER BY id");
  QUIRE_TRY(select);
  std::vector<Leaf> leaves;
  for (;;) {
    const auto row = select->step();
    QUIRE_TRY(row);
    if (!*row) return leaves;
    leaves.push_back({select->integer(0), select->text(1), select->integer(2), {}});
  }
}

Status Store::erase_leaf(std::int64_t id) {
  auto erase = database_.prepare("DELETE FROM leaf WHERE id = ?");
  QUIRE_TRY(erase);
  return erase->bind(id).run();
}

Result<std::vector<Hit>> Store::search(std::string_view query, std::size_t limit) const {
  const std::string runs = trigrams(query);
  auto select = database_.prepare(
      runs.empty()
          ? "SELECT id, 0.0 FROM readable WHERE instr(body, ?) > 0 ORDER BY id DESC LIMIT ?"
          : "SELECT rowid, -bm25(readable_index) FROM readable_index "
            "WHERE readable_index MATCH ? ORDER BY bm25(readable_index), rowid DESC "
            "LIMIT ?");
  QUIRE_TRY(select);
  select->bind(runs.empty() ? query : std::string_view(runs));
  select->bind(static_cast<std::int64_t>(limit));
  std::vector<Hit> hits;
  for (;;) {
    const auto row = select->step();
    QUIRE_TRY(row);
    if (!*row) return hits;
    hits.push_back({select->integer(0), select->number(1)});
  }
}

Result<StoreSize> Store::size() const {
  StoreSize size;
  for (const auto& [number, sql] :
       {std::pair(&size.entries, "SELECT count(*) FROM entry"),
        std::pair(&size.text_entries, "SELECT count(*) FROM entry WHERE leaf IS NULL"),
        std::pair(&size.leaves, "SELECT count(*) FROM leaf"),
        std::pair(&size.pages, "SELECT count(*) FROM page")}) {
    const auto count = database_.integer(sql);
    QUIRE_TRY(count);
    *number = *count;
  }
  return size;
}

Result<std::int64_t> Store::bytes() const {
  const auto pages = database_.integer("PRAGMA page_count");
  QUIRE_TRY(pages);
  const auto size = database_.integer("PRAGMA page_size");
  QUIRE_TRY(size);
  return *pages * *size;
}

Status Store::drop_traces() {
  QUIRE_TRY(database_.run("INSERT INTO readable_index(readable_index) VALUES ('optimize')"));
  return database_.drop_traces();
}

Status Store::check() const {
  QUIRE_TRY(database_.check());
  QUIRE_TRY(entries());
  const auto all = leaves();
  QUIRE_TRY(all);
  for (const Leaf& each : *all) QUIRE_TRY(leaf(each.id));
  return {};
}

}  // namespace quire
