// quire train RECIPE: hands over to quire-train, which is a program of its own because loading
// libtorch takes longer than most commands do. Draws the learning curve when it has ended.
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/command_line.h"
#include "app/commands.h"
#include "app/find_model.h"
#include "base/file.h"
#include "eval/chart.h"
#include "format/json.h"

extern char** environ;

namespace quire {
namespace {

namespace fs = std::filesystem;

// Runs the program to its end; its exit status, or 128 and the signal. An interrupt from the
// keyboard reaches both, and is the trainer's to answer: it saves before it stops.
Result<int> run_program(const std::string& program, std::vector<char*> arguments) {
  struct sigaction ignore {
  }, before{};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGINT, &ignore, &before);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t defaults;
  ::sigemptyset(&defaults);
  ::sigaddset(&defaults, SIGINT);
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  pid_t child = 0;
  const int error =
      ::posix_spawn(&child, program.c_str(), nullptr, &attributes, arguments.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  int status = 0;
  if (error == 0) {
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
  }
  ::sigaction(SIGINT, &before, nullptr);
  if (error != 0) return io_error(program + ": cannot start: " + std::strerror(error));
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// OUT/log.jsonl, a line for each report, to OUT/curve.svg.
Status draw_curve(const std::string& recipe, std::string& drawn) {
  const auto json = read_json(recipe);
  QUIRE_TRY(json);
  const auto out = get_string(*json, "out");
  QUIRE_TRY(out);
  const auto log = read_file(*out + "/log.jsonl");
  QUIRE_TRY(log);
  LearningCurve read{"characters read", {}}, slots{"characters in a token", {}};
  std::istringstream lines(*log);
  for (std::string line; std::getline(lines, line);) {
    const auto report = parse_json(line);
    if (!report) continue;  // a run that was killed may leave half a line
    const auto step = get_number(*report, "step");
    const auto reading = get_number(*report, "read_accuracy");
    const auto slot = get_number(*report, "slot_accuracy");
    if (!step || !reading || !slot) continue;
    read.points.push_back({*step, *reading});
    slots.points.push_back({*step, *slot});
  }
  if (read.points.empty()) return {};
  drawn = *out + "/curve.svg";
  return write_file(drawn, to_svg(learning_chart("Training " + *out, "step", {slots, read})));
}

}  // namespace

int train_command(int argc, char** argv) {
  std::string recipe;
  CommandLine line("train", "Trains a model by a recipe; goes on where a killed run stopped.");
  line.options().add_option("RECIPE", recipe, "a JSON file").required();
  if (const auto status = line.parse(argc, argv)) return *status;

  const std::string program = (fs::path(program_folder()) / "quire-train").string();
  if (::access(program.c_str(), X_OK) != 0) {
    return line.fail(unsupported(
        "this build has no trainer (" + program +
        "); install libtorch-dev (scripts/setup train) and build with -DQUIRE_TRAIN=ON"));
  }
  std::string name = "quire-train", quiet = "--quiet", json = "--json";
  std::vector<char*> arguments = {name.data(), recipe.data()};
  if (line.quiet) arguments.push_back(quiet.data());
  if (line.json) arguments.push_back(json.data());
  arguments.push_back(nullptr);
  const auto ended = run_program(program, std::move(arguments));
  if (!ended) return line.fail(ended.status());
  if (*ended != kDone) return *ended;
  std::string drawn;
  const Status status = draw_curve(recipe, drawn);
  if (!status.ok()) line.tell("the learning curve was not drawn: " + status.message());
  if (!drawn.empty()) line.tell("learning curve: " + drawn);
  return kDone;
}

}  // namespace quire
