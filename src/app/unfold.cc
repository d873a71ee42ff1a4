// quire unfold FILE.quire
#include "fold/unfold.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/command_line.h"
#include "app/commands.h"
#include "app/find_model.h"
#include "base/file.h"
#include "base/progress.h"
#include "fold/unfolded_json.h"
#include "text/edit_distance.h"
#include "text/utf8.h"

namespace quire {
namespace {

struct Arguments {
  std::string file, output = "-", against;
  bool no_corrections = false;
};

void describe(Options& options, Arguments& a) {
  options.add_option("FILE", a.file, "a .quire; - is standard input").required();
  options.add_option("-o,--output", a.output, "where the text goes; - is standard output")
      .show_default();
  options.add_option("--against", a.against, "the original text: says how much of it came back");
  options.add_flag("--no-corrections", a.no_corrections, "the text as the model reads it");
}

// `right` is 1 - edit distance, where there was a text to hold the reading against.
nlohmann::ordered_json to_json(const QuireFile& file, const Unfolded& unfolded,
                               std::optional<double> right) {
  nlohmann::ordered_json json{{"text", unfolded.text()},
                              {"model", file.plan().model},
                              {"font", file.plan().font},
                              {"pages", unfolded_pages_json(unfolded)}};
  if (right) json["one_minus_ed"] = *right;
  return json;
}

}  // namespace

int unfold_command(int argc, char** argv) {
  Arguments a;
  CommandLine line("unfold", "A .quire back to text.");
  describe(line.options(), a);
  line.add_reader();
  if (const auto status = line.parse(argc, argv)) return *status;

  const auto file = QuireFile::open(a.file);
  if (!file) return line.fail(file.status());
  const auto directory = find_model(line.model);
  if (!directory) return line.fail(directory.status());
  const auto model = Reader::open(*directory, line.arithmetic);
  if (!model) return line.fail(model.status());
  const std::string name = a.file == "-" ? "standard input" : a.file;
  if (file->plan().model != model->fingerprint()) {
    line.tell(name + ": folded for another model; this one reads the pictures its own way");
  }

  UnfoldOptions options;
  options.corrections = !a.no_corrections;
  Progress progress(
      {.what = "unfold", .unit = "pages", .total = file->pages().size(), .quiet = line.quiet});
  options.on_page = [&](std::size_t done) { progress.update(done); };
  const auto unfolded = unfold(*file, PageReader::of_reader(*model), options);
  progress.finish();
  if (!unfolded) return line.fail(unfolded.status().at(name));

  for (std::size_t i = 0; i < unfolded->pages.size(); ++i) {
    const std::string& problem = unfolded->pages[i].problem;
    if (!problem.empty()) line.complain(name + ": page " + std::to_string(i + 1) + ": " + problem);
  }
  std::optional<double> right;
  if (!a.against.empty()) {
    const auto truth = read_file(a.against);
    if (!truth) return line.fail(truth.status());
    right = one_minus_ed(decode_utf8_lossy(unfolded->text()), decode_utf8_lossy(*truth));
    char percent[16];
    std::snprintf(percent, sizeof percent, "%.1f%%", 100 * *right);
    line.tell(std::string(percent) + " of the characters came back right (1 - edit distance)");
  }
  int status = unfolded->ok() ? kDone : kFailed;
  if (a.output != "-") {
    const Status written = write_file(a.output, unfolded->text());
    if (!written.ok()) return line.fail(written);
  }
  if (line.json || a.output == "-") {
    status = std::max(status, line.print(to_json(*file, *unfolded, right), unfolded->text()));
  }
  return status;
}

}  // namespace quire
