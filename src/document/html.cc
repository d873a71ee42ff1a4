#include "document/html.h"

#include <cstdio>

#include "document/safe_html.h"
#include "text/escape.h"

namespace quire {
namespace {

// The policy is a second lock behind the escaping: should anything slip through, it may not run.
constexpr std::string_view kHead = R"(<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="script-src 'none'; object-src 'none'; frame-src 'none'; form-action 'none'; base-uri 'none'">
<meta name="viewport" content="width=device-width">
<style>
body { max-width: 46em; margin: 2em auto; padding: 0 1em; font: 1rem/1.5 serif; color: #222; }
section { border-top: 1px solid #ddd; padding: 1em 0; }
p { white-space: pre-line; }
table { border-collapse: collapse; } td, th { border: 1px solid #999; padding: .2em .5em; }
img { max-width: 100%; }
</style>
)";

std::string percent(double share) {
  char text[16];
  std::snprintf(text, sizeof text, "%.0f%%", 100 * share);
  return text;
}

}  // namespace

std::string html_section(const DocumentPage& page, std::span<const std::string> links) {
  std::string out = "<section>\n";
  if (!page.grounding.before.empty()) out += safe_html(page.grounding.before);
  std::size_t block = page.blocks.size() - page.grounding.regions.size();
  for (const Region& region : page.grounding.regions) {
    out += "<div title=\"" + escape_markup(region.label) + ", " +
           percent(page.blocks[block++].confidence) + " sure\">\n";
    if (region.is_figure() && !links.empty()) {
      if (!links.front().empty())
        out += "<img alt=\"\" src=\"" + escape_markup(links.front()) + "\">\n";
      links = links.subspan(1);
    }
    out += safe_html(region.text) + "</div>\n";
  }
  return out + "</section>\n";
}

std::string html_document(std::string_view title, std::span<const std::string> sections) {
  std::string out = "<!doctype html>\n<html>\n<head>\n";
  out.append(kHead).append("<title>").append(escape_markup(title)).append("</title>\n");
  out += "</head>\n<body>\n";
  for (const std::string& section : sections) out += section;
  return out + "</body>\n</html>\n";
}

}  // namespace quire
