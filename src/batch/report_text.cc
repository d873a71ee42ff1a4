#include <cstdio>

#include "base/counted.h"
#include "base/progress.h"
#include "batch/report.h"
#include "text/escape.h"

namespace quire {
namespace {

constexpr std::size_t kFailuresShown = 20, kSlowestShown = 5, kFurthestShown = 5;

template <typename... Values>
std::string line(const char* format, Values... values) {
  char text[256];
  std::snprintf(text, sizeof text, format, values...);
  return std::string(text) + "\n";
}

double share(std::int64_t part, std::int64_t whole) {
  return whole > 0 ? 100.0 * static_cast<double>(part) / static_cast<double>(whole) : 0;
}

}  // namespace

std::string report_text(const PileReport& report) {
  std::string out = counted(report.pages, "page", "pages") + " of " +
                    counted(report.documents, "document", "documents") + "\n";
  for (std::size_t i = 0; i < kPageStatuses; ++i) {
    out +=
        line("  %-12s%8lld  %5.1f%%", kPageStatusNames[i].data(),
             static_cast<long long>(report.statuses[i]), share(report.statuses[i], report.pages));
  }
  if (report.ended < report.pages) {
    out += line("  %-12s%8lld", "to be read", static_cast<long long>(report.pages - report.ended));
  }
  out += line("%s in %s: %.2f pages/s, %.0f pages a day",
              counted(report.workers.size(), "worker run", "worker runs").c_str(),
              duration_text(report.seconds).c_str(), report.pages_per_second(),
              86400 * report.pages_per_second());
  if (report.ended > 0) {
    out += line("a page took %.2f s and %.0f tokens on average",
                report.page_seconds / static_cast<double>(report.ended),
                static_cast<double>(report.tokens) / static_cast<double>(report.ended));
  }
  if (report.begun_again > 0) {
    out += counted(report.begun_again, "page was", "pages were") +
           " begun again after a worker died\n";
  }
  if (report.read_twice > 0) {
    out += counted(report.read_twice, "page was", "pages were") + " read twice\n";
  }
  if (report.read_again > 0) {
    out += counted(report.read_again, "page was", "pages were") +
           " read again with --again; the last reading counts\n";
  }
  if (report.unwritten > 0) {
    out += counted(report.unwritten, "document is", "documents are") + " not written yet\n";
  }
  const ReportLayers& layers = report.layers;
  if (layers.taken > 0) {
    out += counted(layers.taken, "page is its", "pages are their") +
           " text layer, and the model was not asked\n";
  }
  if (layers.compared > 0) {
    out += line(
        "%lld pages were compared with their text layers, %lld differ; %.1f%% agree on average",
        static_cast<long long>(layers.compared), static_cast<long long>(layers.differ),
        100 * layers.agreement);
  }
  for (const std::string& damage : report.damages) out += printable(damage) + "\n";
  const auto place = [](const auto& page) {
    return printable(page.document) + ", page " + std::to_string(page.page);
  };
  if (!report.slowest.empty()) out += "slowest:\n";
  for (std::size_t i = 0; i < std::min(kSlowestShown, report.slowest.size()); ++i) {
    out += line("  %8.2f s  ", report.slowest[i].seconds);
    out.pop_back();
    out += place(report.slowest[i]) + "\n";
  }
  if (!layers.furthest.empty()) out += "furthest from their text layers:\n";
  for (std::size_t i = 0; i < std::min(kFurthestShown, layers.furthest.size()); ++i) {
    out += "  " + place(layers.furthest[i]) + ": " + layers.furthest[i].summary + "\n";
  }
  if (!report.failures.empty()) out += "to look at:\n";
  for (std::size_t i = 0; i < std::min(kFailuresShown, report.failures.size()); ++i) {
    const ReportPage& page = report.failures[i];
    out += line("  %-12s", to_string(page.status).data());
    out.pop_back();
    out += place(page) + ": " + page.reason + "\n";
  }
  if (report.failures.size() > kFailuresShown) {
    out += "  and " + std::to_string(report.failures.size() - kFailuresShown) +
           " more: --json or --html have all\n";
  }
  return out;
}

}  // namespace quire
