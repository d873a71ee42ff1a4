#include "store/entry_row.h"

#include <algorithm>
#include <bit>

#include "base/bytes.h"
#include "format/checksum.h"

namespace quire {
namespace {

std::int64_t sum_of(std::string_view bytes) { return crc32(as_bytes(bytes)); }

std::string joined(const std::vector<std::string>& facts) {
  std::string text;
  for (const std::string& fact : facts) text += (text.empty() ? "" : "\n") + fact;
  return text;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

// Everything the row says, so that no field can change unseen.
std::int64_t sum_of(const Entry& e) {
  std::string all;
  const auto number = [&](std::int64_t value) { all += std::to_string(value) + '\0'; };
  const auto string = [&](const std::string& value) {
    number(static_cast<std::int64_t>(value.size()));
    all += value;
  };
  const auto maybe = [&](const std::optional<std::string>& value) {
    number(value.has_value());
    if (value) string(*value);
  };
  number(e.time);
  string(e.role);
  string(e.topic);
  number(std::bit_cast<std::int64_t>(e.importance));
  number(e.pinned);
  number(std::bit_cast<std::int64_t>(e.strength));
  number(e.recalled);
  maybe(e.text);
  number(e.leaf.value_or(0));
  number(e.place);
  number(e.length);
  string(joined(e.facts));
  maybe(e.archive);
  maybe(e.reading);
  number(std::bit_cast<std::int64_t>(e.confidence));
  return sum_of(all);
}

void bind(Statement& statement, const std::optional<std::string>& value) {
  value ? statement.bind(std::string_view(*value)) : statement.bind_null();
}

std::optional<std::string> maybe_text(const Statement& row, int column) {
  return row.null(column) ? std::optional<std::string>() : row.text(column);
}

}  // namespace

void bind_entry(Statement& statement, const Entry& e) {
  statement.bind(e.time).bind(std::string_view(e.role)).bind(std::string_view(e.topic));
  statement.bind(e.importance).bind(std::int64_t{e.pinned}).bind(e.strength).bind(e.recalled);
  bind(statement, e.text);
  e.leaf ? statement.bind(*e.leaf) : statement.bind_null();
  statement.bind(e.place).bind(e.length).bind(std::string_view(joined(e.facts)));
  bind(statement, e.archive);
  bind(statement, e.reading);
  statement.bind(e.confidence).bind(sum_of(e));
}

Result<Entry> read_entry(const Statement& row, const std::string& path) {
  Entry e;
  e.id = row.integer(0);
  e.time = row.integer(1);
  e.role = row.text(2);
  e.topic = row.text(3);
  e.importance = row.number(4);
  e.pinned = row.integer(5) != 0;
  e.strength = row.number(6);
  e.recalled = row.integer(7);
  e.text = maybe_text(row, 8);
  if (!row.null(9)) e.leaf = row.integer(9);
  e.place = row.integer(10);
  e.length = row.integer(11);
  e.facts = lines_of(row.text(12));
  e.archive = maybe_text(row, 13);
  e.reading = maybe_text(row, 14);
  e.confidence = row.number(15);
  if (sum_of(e) == row.integer(16)) return e;
  return invalid(path + ": entry " + std::to_string(e.id) +
                 " is damaged (its checksum is wrong); go back to a copy, or drop it with quire "
                 "memory forget " +
                 std::to_string(e.id));
}

std::int64_t sum_of(const LeafPage& page) {
  return sum_of(std::to_string(page.side) + ' ' + std::to_string(page.columns) + ' ' +
                std::to_string(page.rows_per_token) + ' ' + page.picture);
}

}  // namespace quire
