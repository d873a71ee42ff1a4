#include "batch/flow_text.h"

#include <cstdio>
#include <functional>
#include <vector>

#include "document/html.h"
#include "document/safe_html.h"
#include "text/escape.h"

namespace quire {
namespace {

// The text with what `mark` makes of each page that begins in it.
std::string with_marks(std::string_view text, std::span<const int> pages,
                       const std::function<std::string(int page)>& mark) {
  std::string out;
  for (const int page : pages) {
    const std::size_t at = text.find(kPageMark);
    if (at == std::string_view::npos) break;
    out.append(text.substr(0, at)).append(mark(page));
    text.remove_prefix(at + kPageMark.size());
  }
  return out.append(text);
}

// What there is to say about a page beside its number; "" when there is nothing.
std::string remark(const PageNote& note) {
  if (note.from_layer) return "from the text layer";
  if (is_read(note.status)) return "";
  return std::string(to_string(note.status)) + (note.reason.empty() ? "" : ": ") + note.reason;
}

std::string comment(int page, const PageNote& note) {
  std::string out = "<!-- page " + std::to_string(page);
  if (const std::string said = remark(note); !said.empty()) out += ": " + said;
  // A comment ends at the first two hyphens and a bracket.
  for (std::size_t at = 4; (at = out.find("--", at)) != std::string::npos;)
    out.replace(at, 2, "- -");
  for (char& c : out) c = c == '\n' || c == '\r' ? ' ' : c;
  return out + " -->";
}

std::string percent(double share) {
  char text[16];
  std::snprintf(text, sizeof text, "%.0f%%", 100 * share);
  return text;
}

}  // namespace

std::string flow_markdown(std::span<const PageFlow> pages, std::span<const PageNote> notes) {
  std::string out;
  const auto paragraph = [&](const std::string& text) {
    if (!out.empty()) out += "\n";
    out += text + "\n";
  };
  for (std::size_t i = 0; i < pages.size(); ++i) {
    if (!pages[i].begun) paragraph(comment(pages[i].page, notes[i]));
    for (const FlowBlock& block : pages[i].blocks) {
      std::string text = with_marks(block.text, block.begin, [&](int page) {
        return comment(page, notes[static_cast<std::size_t>(page - pages.front().page)]);
      });
      if (!block.link.empty()) text = "![](" + block.link + ")" + (text.empty() ? "" : "\n") + text;
      paragraph(text);
    }
  }
  return out;
}

std::string flow_text(std::span<const PageFlow> pages, std::span<const PageNote>) {
  std::string out;
  for (std::size_t i = 0; i < pages.size(); ++i) {
    if (i > 0 && !pages[i].begun) out += '\f';
    bool first = true;
    for (const FlowBlock& block : pages[i].blocks) {
      if (block.text.empty()) continue;
      if (!first) out += '\n';
      first = false;
      out += with_marks(block.text, block.begin, [](int) { return "\f"; }) + "\n";
    }
  }
  return out;
}

std::string flow_html(std::span<const PageFlow> pages, std::span<const PageNote> notes,
                      std::string_view title) {
  std::vector<std::string> sections;
  for (std::size_t i = 0; i < pages.size(); ++i) {
    const std::string number = std::to_string(pages[i].page);
    std::string out = pages[i].begun ? "<section>\n" : "<section id=\"page-" + number + "\">\n";
    if (const std::string said = remark(notes[i]); !said.empty()) {
      out += "<p><em>" + escape_markup("page " + number + ": " + said) + "</em></p>\n";
    }
    for (const FlowBlock& block : pages[i].blocks) {
      if (!block.label.empty()) {
        out += "<div title=\"" + escape_markup(block.label) + ", " + percent(block.confidence) +
               " sure\">\n";
      }
      if (!block.link.empty()) out += "<img alt=\"\" src=\"" + escape_markup(block.link) + "\">\n";
      out += with_marks(safe_html(block.text), block.begin, [](int page) {
        return "<a id=\"page-" + std::to_string(page) + "\"></a>";
      });
      if (!block.label.empty()) out += "</div>\n";
    }
    sections.push_back(out + "</section>\n");
  }
  return html_document(title, sections);
}

}  // namespace quire
