#include "document/join_table.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "text/strip.h"

namespace quire {
namespace {

constexpr std::string_view kTableEnd = "</table>";
constexpr int kMaxSpan = 1000;

bool has_at(std::string_view text, std::size_t at, std::string_view word) {
  return text.substr(at, word.size()) == word;
}

// Where a tag's brackets close; npos when they do not.
std::size_t behind_tag(std::string_view text, std::size_t at) {
  const std::size_t close = text.find('>', at);
  return close == std::string_view::npos ? close : close + 1;
}

// A row of an HTML table: from its <tr to the next one, or the table's end.
std::vector<std::string_view> rows_of(std::string_view table) {
  std::vector<std::string_view> rows;
  std::size_t begin = table.find("<tr");
  while (begin != std::string_view::npos) {
    const std::size_t next = table.find("<tr", begin + 3);
    std::string_view row =
        table.substr(begin, next == std::string_view::npos ? next : next - begin);
    const std::size_t end = row.find("</tr>");
    if (end != std::string_view::npos) row = row.substr(0, end + 5);
    rows.push_back(row);
    begin = next;
  }
  return rows;
}

int columns_of(std::string_view row) {
  int columns = 0;
  for (std::size_t at = row.find("<t", 1); at != std::string_view::npos;
       at = row.find("<t", at + 2)) {
    if (!has_at(row, at, "<td") && !has_at(row, at, "<th")) continue;
    const std::string tag(row.substr(at, behind_tag(row, at) - at));
    const std::size_t span = tag.find("colspan=");
    int wide = 1;
    if (span != std::string::npos) {
      const std::size_t digits = tag.find_first_of("0123456789", span);
      if (digits != std::string::npos) wide = std::atoi(tag.c_str() + digits);
    }
    columns += std::clamp(wide, 1, kMaxSpan);
  }
  return columns;
}

bool join_html(std::string& upper, std::string& lower, std::string_view mark) {
  if (!upper.ends_with(kTableEnd) || !lower.starts_with("<table")) return false;
  const std::size_t begin = upper.rfind("<table");
  const std::size_t end = lower.find(kTableEnd);
  if (begin == std::string::npos || end == std::string::npos) return false;
  const std::vector<std::string_view> above = rows_of(std::string_view(upper).substr(begin));
  std::vector<std::string_view> below = rows_of(std::string_view(lower).substr(0, end));
  if (above.empty() || below.empty() || columns_of(above.back()) != columns_of(below.front()))
    return false;
  if (below.size() > 1 && below.front() == above.front()) below.erase(below.begin());
  std::string rows;
  for (const std::string_view row : below) {
    std::string copy(row);
    if (rows.empty()) {
      const std::size_t cell = std::min(row.find("<td"), row.find("<th"));
      const std::size_t words = cell == std::string_view::npos ? cell : behind_tag(row, cell);
      if (words == std::string_view::npos) return false;
      copy.insert(words, mark);
    }
    rows += copy;
  }
  upper.insert(upper.size() - kTableEnd.size(), rows);
  lower = strip(std::string_view(lower).substr(end + kTableEnd.size()));
  return true;
}

// The lines with bars at the begin (or end) of a text, and how many bytes they are.
std::vector<std::string_view> bar_lines(std::string_view text, bool at_end) {
  std::vector<std::string_view> lines;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (line.starts_with('|')) {
      lines.push_back(line);
    } else if (at_end) {
      lines.clear();
    } else {
      break;
    }
    at = end + 1;
  }
  return lines;
}

bool is_rule(std::string_view line) {
  return line.find("---") != std::string_view::npos &&
         line.find_first_not_of("|-: \r") == std::string_view::npos;
}

bool join_bars(std::string& upper, std::string& lower, std::string_view mark) {
  const std::vector<std::string_view> above = bar_lines(upper, true);
  std::vector<std::string_view> below = bar_lines(lower, false);
  if (above.size() < 2 || below.empty() || !is_rule(above[1])) return false;
  const auto bars = [](std::string_view line) { return std::count(line.begin(), line.end(), '|'); };
  if (bars(above.back()) != bars(below.front())) return false;
  const std::size_t length =
      static_cast<std::size_t>(below.back().data() + below.back().size() - lower.data());
  if (below.size() > 1 && is_rule(below[1])) {
    below.erase(below.begin() + 1);
    if (below.size() > 1 && below.front() == above.front()) below.erase(below.begin());
  }
  for (std::size_t i = 0; i < below.size(); ++i) {
    upper.append("\n|").append(i == 0 ? mark : "").append(below[i].substr(1));
  }
  lower = strip(std::string_view(lower).substr(length));
  return true;
}

}  // namespace

bool join_table(std::string& upper, std::string& lower, std::string_view mark) {
  return join_html(upper, lower, mark) || join_bars(upper, lower, mark);
}

}  // namespace quire
