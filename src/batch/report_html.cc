#include <algorithm>
#include <cstdio>

#include "base/progress.h"
#include "batch/report.h"
#include "text/escape.h"

namespace quire {
namespace {

// Of the statuses in their order: read in greens and greys, not read in warm colours.
constexpr std::array<const char*, kPageStatuses> kColours = {
    "#2a7f4f", "#9db4a5", "#e0a526", "#d9822b", "#8c5a9c", "#4b78b8", "#c0392b"};

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>Report of a pile</title>
<style>
body { max-width: 62em; margin: 2em auto; padding: 0 1em; font: 1rem/1.5 sans-serif; color: #222; }
h1 { font-weight: 600; margin-bottom: 0; } h2 { font-weight: 600; margin-top: 2em; }
.about { color: #666; margin-top: 0; }
.facts { display: flex; flex-wrap: wrap; gap: 2em; margin: 1.5em 0; }
.facts b { display: block; font-size: 1.8em; font-weight: 600; line-height: 1.2; }
.facts span { color: #666; }
.bar { display: flex; height: 1.6em; border-radius: .3em; overflow: hidden; background: #eee; }
.dot { display: inline-block; width: .8em; height: .8em; border-radius: .2em; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .25em .6em; border-bottom: 1px solid #e5e5e5; vertical-align: top; }
th { color: #666; font-weight: 500; } .n { text-align: right; font-variant-numeric: tabular-nums; }
td { overflow-wrap: anywhere; } .s { white-space: nowrap; }
svg { width: 100%; height: 8em; display: block; }
</style>
</head>
<body>
)";

template <typename... Values>
std::string print(const char* format, Values... values) {
  char text[512];
  std::snprintf(text, sizeof text, format, values...);
  return text;
}

std::string with_commas(double number) {
  std::string digits = print("%.0f", number);
  for (std::ptrdiff_t at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits;
}

std::string fact(const std::string& number, const std::string& what) {
  return "<div><b>" + number + "</b><span>" + what + "</span></div>\n";
}

std::string status_bar(const PileReport& report) {
  std::string out = "<div class=\"bar\">\n", rows;
  for (std::size_t i = 0; i < kPageStatuses; ++i) {
    const double share = report.pages > 0 ? 100.0 * static_cast<double>(report.statuses[i]) /
                                                static_cast<double>(report.pages)
                                          : 0;
    const char* name = kPageStatusNames[i].data();
    out += print("<div style=\"width:%.4f%%;background:%s\" title=\"%s\"></div>\n", share,
                 kColours[i], name);
    rows += print(
        "<tr><td><span class=\"dot\" style=\"background:%s\"></span> %s</td>"
        "<td class=\"n\">%s</td><td class=\"n\">%.1f%%</td></tr>\n",
        kColours[i], name, with_commas(static_cast<double>(report.statuses[i])).c_str(), share);
  }
  rows += "<tr><td>to be read</td><td class=\"n\">" +
          with_commas(static_cast<double>(report.pages - report.ended)) + "</td><td></td></tr>\n";
  return out +
         "</div>\n<table><tr><th>status</th><th class=\"n\">pages</th><th class=\"n\">share"
         "</th></tr>\n" +
         rows + "</table>\n";
}

// Pages ended over time, as columns.
std::string timeline(const PileReport& report) {
  const std::int64_t most =
      std::max<std::int64_t>(1, *std::max_element(report.timeline.begin(), report.timeline.end()));
  std::string out =
      "<svg viewBox=\"0 0 1000 100\" preserveAspectRatio=\"none\" role=\"img\" "
      "aria-label=\"pages over time\">\n";
  const double width = 1000.0 / static_cast<double>(report.timeline.size());
  for (std::size_t i = 0; i < report.timeline.size(); ++i) {
    const double height =
        100.0 * static_cast<double>(report.timeline[i]) / static_cast<double>(most);
    out += print("<rect x=\"%.1f\" y=\"%.2f\" width=\"%.1f\" height=\"%.2f\" fill=\"#2a7f4f\"/>\n",
                 width * static_cast<double>(i), 100 - height, 0.8 * width, height);
  }
  return out + "</svg>\n";
}

std::string page_table(const std::vector<ReportPage>& pages) {
  std::string out =
      "<table><tr><th>document</th><th class=\"n\">page</th><th>status</th>"
      "<th class=\"n\">seconds</th><th class=\"n\">tokens</th><th>reason</th></tr>\n";
  for (const ReportPage& page : pages) {
    out += "<tr><td>" + escape_markup(page.document) + "</td>";
    out += print(
        "<td class=\"n\">%d</td><td class=\"s\"><span class=\"dot\" "
        "style=\"background:%s\"></span> %s"
        "</td><td class=\"n\">%.2f</td><td class=\"n\">%lld</td><td>",
        page.page, kColours[static_cast<std::size_t>(page.status)], to_string(page.status).data(),
        page.seconds, static_cast<long long>(page.tokens));
    out += escape_markup(page.reason) + "</td></tr>\n";
  }
  return out + "</table>\n";
}

std::string layers_text(const ReportLayers& layers) {
  if (layers.taken + layers.compared == 0) return "";
  std::string out = "<h2>Text layers</h2>\n<p>" + with_commas(static_cast<double>(layers.taken)) +
                    " pages are their text layer, and the model was not asked. " +
                    with_commas(static_cast<double>(layers.compared)) +
                    " were compared with it, of which " +
                    with_commas(static_cast<double>(layers.differ)) + " differ; " +
                    print("%.1f%%", 100 * layers.agreement) + " agree on average.</p>\n";
  if (layers.furthest.empty()) return out;
  out += "<table><tr><th>document</th><th class=\"n\">page</th><th>the furthest apart</th></tr>\n";
  for (const ReportDifference& page : layers.furthest) {
    out += "<tr><td>" + escape_markup(page.document) + "</td>" +
           print("<td class=\"n\">%d</td><td>", page.page) + escape_markup(page.summary) +
           "</td></tr>\n";
  }
  return out + "</table>\n";
}

std::string worker_table(const PileReport& report) {
  std::string out =
      "<table><tr><th>worker</th><th class=\"n\">pages</th><th class=\"n\">from</th>"
      "<th class=\"n\">for</th></tr>\n";
  const double first = report.workers.empty() ? 0 : report.workers.front().begin;
  for (const ReportWorker& worker : report.workers) {
    out += "<tr><td>" + escape_markup(worker.name) + "</td><td class=\"n\">" +
           with_commas(static_cast<double>(worker.pages)) + "</td><td class=\"n\">+" +
           duration_text(worker.begin - first) + "</td><td class=\"n\">" +
           duration_text(worker.end - worker.begin) + "</td></tr>\n";
  }
  return out + "</table>\n";
}

}  // namespace

std::string report_html(const PileReport& report) {
  std::string folders;
  for (const std::string& folder : report.folders)
    folders += (folders.empty() ? "" : ", ") + folder;
  std::string out(kHead);
  out += "<h1>Report of a pile</h1>\n<p class=\"about\">" + escape_markup(folders) + "</p>\n";
  out += "<div class=\"facts\">\n" +
         fact(with_commas(static_cast<double>(report.ended)), "pages ended") +
         fact(with_commas(static_cast<double>(report.documents)), "documents") +
         fact(with_commas(static_cast<double>(report.failures.size())), "pages to look at") +
         fact(print("%.2f", report.pages_per_second()), "pages a second") +
         fact(with_commas(86400 * report.pages_per_second()), "pages a day") +
         fact(duration_text(report.seconds), "at work") + "</div>\n";
  out += status_bar(report);
  out += "<h2>Pages over time</h2>\n" + timeline(report);
  for (const std::string& damage : report.damages) out += "<p>" + escape_markup(damage) + "</p>\n";
  if (!report.failures.empty()) out += "<h2>To look at</h2>\n" + page_table(report.failures);
  out += layers_text(report.layers);
  if (!report.slowest.empty()) out += "<h2>Slowest pages</h2>\n" + page_table(report.slowest);
  out += "<h2>Workers</h2>\n" + worker_table(report);
  out += "<p class=\"about\">" + with_commas(static_cast<double>(report.begun_again)) +
         " pages were begun again after a worker died, " +
         with_commas(static_cast<double>(report.read_twice)) + " were read twice, " +
         with_commas(static_cast<double>(report.read_again)) + " again with --again, " +
         with_commas(static_cast<double>(report.unwritten)) +
         " documents are not written yet.</p>\n";
  return out + "</body>\n</html>\n";
}

}  // namespace quire
