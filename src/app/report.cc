// quire report DIR... [--html FILE]
#include "batch/report.h"

#include <nlohmann/json.hpp>

#include "app/command_line.h"
#include "app/commands.h"
#include "base/file.h"

namespace quire {

int report_command(int argc, char** argv) {
  std::vector<std::string> folders;
  std::string html;
  CommandLine line("report", "What became of a pile: pages, statuses, rate, what to look at.");
  line.options()
      .add_option("DIR", folders, "folders that quire read -o wrote; several are added up")
      .required();
  line.options().add_option("--html", html, "write the report as one HTML page too");
  if (const auto status = line.parse(argc, argv)) return *status;
  if (html == "-" && line.json) {
    return line.wrong_usage("--html - and --json both want standard output");
  }
  const Result<PileReport> report = make_report(folders);
  if (!report) return line.fail(report.status());
  if (!html.empty()) {
    const Status written = write_file(html, report_html(*report));
    if (!written.ok()) return line.fail(written);
    if (html == "-") return kDone;
  }
  return line.print(report_json(*report), report_text(*report));
}

}  // namespace quire
