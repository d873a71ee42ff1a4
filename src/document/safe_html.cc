#include "document/safe_html.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "text/escape.h"
#include "text/strip.h"

namespace quire {
namespace {

constexpr std::string_view kTags[] = {"table", "thead", "tbody", "tr", "td", "th",
                                      "br",    "sub",   "sup",   "b",  "i"};
constexpr std::string_view kBreak = "br";

bool is_letter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The number of a span, 1 to 3 digits, quoted or not; "" when there is none.
std::string span_of(std::string_view attributes, std::string_view name) {
  const std::size_t at = attributes.find(std::string(name) + "=");
  if (at == std::string_view::npos) return "";
  attributes.remove_prefix(at + name.size() + 1);
  if (!attributes.empty() && (attributes[0] == '"' || attributes[0] == '\''))
    attributes.remove_prefix(1);
  std::size_t digits = 0;
  while (digits < attributes.size() && digits < 3 && is_digit(attributes[digits])) ++digits;
  return std::string(attributes.substr(0, digits));
}

struct HtmlTag {
  std::string_view name;  // out of kTags
  bool closes = false;
  std::string html;    // as we write it
  std::size_t length;  // in the source
};

// The tag at the beginning of a text, if it is one of ours.
std::optional<HtmlTag> tag_at(std::string_view text) {
  constexpr std::size_t kLongest = 200;  // keeps megabytes of "<" linear
  const std::size_t end = text.substr(0, kLongest).find('>');
  if (text.empty() || text[0] != '<' || end == std::string_view::npos) return std::nullopt;
  std::string_view inside = text.substr(1, end - 1);
  if (inside.find('<') != std::string_view::npos) return std::nullopt;
  HtmlTag tag;
  tag.length = end + 1;
  tag.closes = !inside.empty() && inside[0] == '/';
  if (tag.closes) inside.remove_prefix(1);
  std::string name;
  while (name.size() < inside.size() && is_letter(inside[name.size()]))
    name += static_cast<char>(inside[name.size()] | 0x20);
  const auto* known = std::find(std::begin(kTags), std::end(kTags), name);
  if (known == std::end(kTags)) return std::nullopt;
  tag.name = *known;
  inside.remove_prefix(name.size());
  if (!inside.empty() && inside[0] != ' ' && inside[0] != '/') return std::nullopt;

  tag.html = (tag.closes ? "</" : "<") + name;
  if (!tag.closes && (name == "td" || name == "th")) {
    for (const char* attribute : {"rowspan", "colspan"}) {
      const std::string number = span_of(inside, attribute);
      if (!number.empty()) tag.html += " " + std::string(attribute) + "=\"" + number + "\"";
    }
  }
  tag.html += ">";
  return tag;
}

// Text with the tags of the list; those left open at the end are closed.
std::string inline_html(std::string_view text) {
  std::string out;
  std::vector<std::string_view> open;
  std::size_t from = 0;
  const auto close = [&](std::string_view name) {
    out.append("</").append(name).append(">");
    open.pop_back();
  };
  bool bold = false;
  const auto flush = [&](std::size_t to) { out += escape_markup(text.substr(from, to - from)); };
  for (std::size_t at = 0; at < text.size();) {
    if (text.substr(at).starts_with("**")) {
      flush(at);
      out += bold ? "</b>" : text.find("**", at + 2) == std::string_view::npos ? "**" : "<b>";
      bold = out.ends_with("<b>");
      from = at += 2;
      continue;
    }
    const std::optional<HtmlTag> tag = tag_at(text.substr(at));
    if (!tag) {
      ++at;
      continue;
    }
    flush(at);
    from = at += tag->length;
    if (bold) {
      out += "</b>";  // bold does not reach across tags, so that all tags nest
      bold = false;
    }
    if (tag->name == kBreak) {
      out += "<br>";
    } else if (!tag->closes) {
      out += tag->html;
      open.push_back(tag->name);
    } else if (std::find(open.begin(), open.end(), tag->name) != open.end()) {
      while (open.back() != tag->name) close(open.back());
      close(tag->name);
    }
  }
  flush(text.size());
  if (bold) out += "</b>";
  while (!open.empty()) close(open.back());
  return out;
}

// What a line is: "# Title", "- item", "1. item", or a line of a paragraph.
struct Line {
  std::string tag;  // "h1", "ul", "ol", "p"; "" for an empty line
  std::string_view text;
};

Line line_of(std::string_view text) {
  text = strip(text);
  if (text.empty()) return {};
  const std::size_t hashes = std::min(text.find_first_not_of('#'), text.size());
  if (hashes >= 1 && hashes <= 6 && text.substr(hashes).starts_with(' '))
    return {"h" + std::to_string(hashes), strip(text.substr(hashes))};
  if (text.starts_with("- ") || text.starts_with("* ")) return {"ul", strip(text.substr(2))};
  const std::size_t digits =
      static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
  if (digits >= 1 && digits <= 3 && text.substr(digits).starts_with(". "))
    return {"ol", strip(text.substr(digits + 2))};
  return {"p", text};
}

// Paragraphs, headings and lists.
void write_blocks(std::string_view text, std::string& out) {
  std::string paragraph, list;
  const auto end_paragraph = [&] {
    if (!paragraph.empty()) out += "<p>" + inline_html(paragraph) + "</p>\n";
    paragraph.clear();
  };
  const auto end_list = [&] {
    if (!list.empty()) out += "</" + list + ">\n";
    list.clear();
  };
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const Line line = line_of(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.tag == "p") {
      end_list();
      paragraph.append(paragraph.empty() ? "" : "\n").append(line.text);
      continue;
    }
    end_paragraph();
    if (line.tag == "ul" || line.tag == "ol") {
      if (list != line.tag) {
        end_list();
        list = line.tag;
        out += "<" + list + ">\n";
      }
      out += "<li>" + inline_html(line.text) + "</li>\n";
    } else if (!line.tag.empty()) {
      end_list();
      out += "<" + line.tag + ">" + inline_html(line.text) + "</" + line.tag + ">\n";
    }
  }
  end_paragraph();
  end_list();
}

}  // namespace

std::string safe_html(std::string_view markdown) {
  constexpr std::string_view kTable = "<table", kTableEnd = "</table>";
  std::string out;
  while (!markdown.empty()) {
    const std::size_t begin = std::min(markdown.find(kTable), markdown.size());
    write_blocks(markdown.substr(0, begin), out);
    markdown.remove_prefix(begin);
    if (markdown.empty()) break;
    const std::size_t end = markdown.find(kTableEnd);
    const std::size_t length =
        end == std::string_view::npos ? markdown.size() : end + kTableEnd.size();
    out += inline_html(markdown.substr(0, length)) + "\n";
    markdown.remove_prefix(length);
  }
  return out;
}

}  // namespace quire
