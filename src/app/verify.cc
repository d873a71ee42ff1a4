// quire verify --model DIR CASE...
#include "infer/verify.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "app/command_line.h"
#include "app/commands.h"
#include "app/find_model.h"

namespace quire {
namespace {

nlohmann::ordered_json to_json(const std::string& name, const VerifyReport& report) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const VerifyRow& row : report.rows) {
    rows.push_back(
        {{"tensor", row.tensor}, {"error", row.error}, {"exact", row.exact}, {"pass", row.pass}});
    if (!row.note.empty()) rows.back()["note"] = row.note;
  }
  return {{"case", name},
          {"pass", report.pass()},
          {"worst_error", report.worst_error()},
          {"rows", std::move(rows)}};
}

std::string to_text(const std::string& name, const VerifyReport& report) {
  std::size_t width = 0;
  for (const VerifyRow& row : report.rows) width = std::max(width, row.tensor.size());
  std::string text = name + "\n";
  char error[32];
  for (const VerifyRow& row : report.rows) {
    if (row.exact) {
      std::snprintf(error, sizeof error, "%7.2f%% differ", 100 * row.error);
    } else {
      std::snprintf(error, sizeof error, "%15.2e", row.error);
    }
    text += "  " + row.tensor + std::string(width - row.tensor.size(), ' ') + error +
            (row.pass ? "  ok" : "  MISS") + (row.note.empty() ? "" : "  " + row.note) + "\n";
  }
  return text;
}

}  // namespace

int verify_command(int argc, char** argv) {
  std::vector<std::string> cases;
  double tolerance = kFloat32Tolerance;
  CommandLine line("verify", "Holds this build to golden vectors: relative errors and ids.");
  line.options()
      .add_option("CASE", cases, "folders with meta.json and golden.safetensors")
      .required();
  line.options().add_option("--tolerance", tolerance, "relative error that passes").show_default();
  line.add_model();
  if (const auto status = line.parse(argc, argv)) return *status;

  const auto model = find_model(line.model);
  if (!model) return line.fail(model.status());
  nlohmann::ordered_json reports = nlohmann::ordered_json::array();
  std::string text;
  bool pass = true;
  for (const std::string& folder : cases) {
    const auto report = run_case(*model, folder, tolerance);
    if (!report) {
      line.complain(report.status().message());
      reports.push_back({{"case", folder}, {"pass", false}, {"error", report.status().message()}});
      pass = false;
      continue;
    }
    pass = pass && report->pass();
    reports.push_back(to_json(folder, *report));
    text += to_text(folder, *report);
  }
  const int printed = line.print({{"pass", pass}, {"cases", std::move(reports)}}, text);
  return pass ? printed : kFailed;
}

}  // namespace quire
