// quire-train RECIPE [--quiet] [--json]: what `quire train` hands over to.
//
// Reports go to standard error as a progress line and to OUT/log.jsonl, a JSON object a line; the
// model is written to OUT/model at the end. An interrupt saves and stops; starting again goes on.
#include <csignal>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/progress.h"
#include "train/trainer.h"

namespace quire::train {
namespace {

volatile std::sig_atomic_t interrupted = 0;

struct Arguments {
  std::string recipe;
  bool quiet = false, json = false;
};

bool parse(int argc, char** argv, Arguments& arguments) {
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--quiet") {
      arguments.quiet = true;
    } else if (word == "--json") {
      arguments.json = true;
    } else if (word.starts_with("--") || !arguments.recipe.empty()) {
      return false;
    } else {
      arguments.recipe = word;
    }
  }
  return !arguments.recipe.empty();
}

nlohmann::ordered_json to_json(const Progress& report) {
  return {{"step", report.step},
          {"steps", report.total_steps},
          {"stage", report.stage},
          {"read_loss", report.read_loss},
          {"slot_loss", report.slot_loss},
          {"patch_loss", report.patch_loss},
          {"read_accuracy", report.read_accuracy},
          {"read_by_density", report.read_by_density},
          {"slot_accuracy", report.slot_accuracy},
          {"patch_accuracy", report.patch_accuracy},
          {"place_accuracy", report.place_accuracy},
          {"gradient_norm", report.gradient_norm},
          {"lr", report.lr},
          {"characters_per_second", report.characters_per_second},
          {"characters_seen", report.characters_seen},
          {"seconds", report.seconds}};
}

std::string note(const Progress& report) {
  char text[160];
  std::snprintf(text, sizeof text, "%s: read %.1f%% (loss %.3f), tokens %.1f%%, %.0f characters/s",
                report.stage.c_str(), 100 * report.read_accuracy, report.read_loss,
                100 * report.slot_accuracy, report.characters_per_second);
  return text;
}

Status run(const Arguments& arguments) {
  const auto bytes = read_file(arguments.recipe);
  QUIRE_TRY(bytes);
  const auto recipe = Recipe::parse(*bytes);
  if (!recipe) return recipe.status().at(arguments.recipe);
  const auto trainer = Trainer::open(*recipe);
  QUIRE_TRY(trainer);

  const std::string log_path = recipe->out + "/log.jsonl";
  std::ofstream log(log_path, std::ios::app);
  quire::Progress bar({.what = "train",
                       .unit = "steps",
                       .total = static_cast<std::uint64_t>(recipe->total_steps()),
                       .quiet = arguments.quiet});
  Progress last;
  const Status trained = (*trainer)->run([&](const Progress& report) {
    bar.update(static_cast<std::uint64_t>(report.step), note(report));
    log << to_json(report).dump() << std::endl;  // a kill loses no report
    last = report;
    return interrupted == 0;
  });
  bar.finish();
  QUIRE_TRY(trained);
  if (!log) return io_error(log_path + ": cannot write the log there");
  if (interrupted != 0) {
    return io_error("interrupted; the state is saved, start again to go on");
  }
  const std::string model = recipe->out + "/model";
  QUIRE_TRY((*trainer)->export_model(model));
  nlohmann::ordered_json result = to_json(last);
  result["model"] = model;
  return write_file("-", arguments.json ? result.dump(2) + "\n" : model + "\n");
}

}  // namespace
}  // namespace quire::train

int main(int argc, char** argv) {
  quire::train::Arguments arguments;
  if (!quire::train::parse(argc, argv, arguments)) {
    std::fputs("usage: quire-train RECIPE [--quiet] [--json]\n", stderr);
    return 2;
  }
  std::signal(SIGINT, [](int) { quire::train::interrupted = 1; });
  const quire::Status status = quire::train::run(arguments);
  if (status.ok()) return 0;
  std::fprintf(stderr, "quire train: %s\n", status.message().c_str());
  return 1;
}
