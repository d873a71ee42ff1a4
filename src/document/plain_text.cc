#include "document/plain_text.h"

#include <algorithm>
#include <array>

namespace quire {
namespace {

constexpr std::size_t kLongestTag = 200;  // keeps megabytes of "<" linear

struct Mark {
  std::string_view mark, meaning;
};
constexpr std::array<Mark, 10> kMarks = {{{"**", ""},
                                          {"\\(", ""},
                                          {"\\)", ""},
                                          {"\\[", ""},
                                          {"\\]", ""},
                                          {"&lt;", "<"},
                                          {"&gt;", ">"},
                                          {"&quot;", "\""},
                                          {"&nbsp;", " "},
                                          {"&amp;", "&"}}};

bool is_letter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

// Marks at the begin of a line: headings, quotes, list points.
std::string_view without_front(std::string_view line) {
  const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
  std::string_view rest = line.substr(indent);
  const std::size_t marks = std::min(rest.find_first_not_of('#'), rest.size());
  if (marks >= 1 && marks <= 6 && rest.substr(marks).starts_with(' ')) return rest.substr(marks);
  for (const std::string_view front : {"- ", "* ", "+ ", "> "}) {
    if (rest.starts_with(front)) return rest.substr(front.size());
  }
  return line;
}

// The line between the head and the body of a table.
bool is_rule(std::string_view line) {
  return line.find('-') != std::string_view::npos &&
         line.find_first_not_of("|-: ") == std::string_view::npos;
}

// The length of a tag or of a picture's link at the begin of a text; 0 when there is none.
std::size_t tag_length(std::string_view text) {
  text = text.substr(0, kLongestTag);
  if (text.starts_with("![](")) return text.find(')') + 1;  // npos + 1 is 0
  if (text.size() < 3 || text[0] != '<') return 0;
  if (!is_letter(text[text[1] == '/' ? 2 : 1])) return 0;
  const std::size_t end = text.find('>');
  return end == std::string_view::npos || text.substr(1, end - 1).find('<') != std::string::npos
             ? 0
             : end + 1;
}

// Raised and lowered letters belong to their word, cells and lines do not.
bool joins_words(std::string_view tag) {
  const std::size_t name = tag[1] == '/' ? 2 : 1;
  return tag[0] == '<' && std::string_view("sbi").find(tag[name]) != std::string_view::npos &&
         tag.substr(name, 2) != "br";
}

void add_line(std::string_view line, std::string& out) {
  line = without_front(line);
  const bool row = line.starts_with('|');
  while (!line.empty()) {
    const auto* mark = std::find_if(kMarks.begin(), kMarks.end(),
                                    [&](const Mark& one) { return line.starts_with(one.mark); });
    if (mark != kMarks.end()) {
      out += mark->meaning;
      line.remove_prefix(mark->mark.size());
    } else if (const std::size_t length = tag_length(line); length > 0) {
      if (!joins_words(line.substr(0, length))) out += ' ';
      line.remove_prefix(length);
    } else {
      out += row && line[0] == '|' ? ' ' : line[0];
      line.remove_prefix(1);
    }
  }
  out += '\n';
}

}  // namespace

std::string plain_text(std::string_view markdown) {
  std::string out;
  while (!markdown.empty()) {
    const std::size_t end = std::min(markdown.find('\n'), markdown.size());
    const std::string_view line = markdown.substr(0, end);
    if (!is_rule(line)) add_line(line, out);
    markdown.remove_prefix(std::min(end + 1, markdown.size()));
  }
  return out;
}

}  // namespace quire
