// quire memory show --store PATH -o timeline.svg
#include <nlohmann/json.hpp>

#include "app/memory.h"
#include "base/file.h"
#include "memory/timeline.h"

namespace quire {

int memory_show_command(int argc, char** argv) {
  MemoryCommand command("memory show", "Draws the memory as a picture.");
  std::string output = "memory.svg";
  std::size_t budget = 0;
  Options& options = command.line.options();
  options.add_option("-o,--output", output, "the SVG to write; - is standard output")
      .show_default();
  options.add_option("--budget", budget, "tokens, to be marked on the picture");
  bool dark = false;
  options.add_flag("--dark", dark, "light on dark");
  command.line.add_model();
  if (const auto status = command.parse(argc, argv)) return *status;
  if (output == "-" && command.line.json) {
    return command.line.wrong_usage("-o - and --json both want standard output");
  }
  const auto memory = command.open(MemoryCommand::Needs::kNothing);
  if (!memory) return command.line.fail(memory.status());
  const auto count = command.counter();
  if (!count) return command.line.fail(count.status());
  const auto svg = draw_timeline(**memory, {command.now, budget, dark}, *count);
  if (!svg) return command.line.fail(svg.status());
  const Status written = write_file(output, *svg);
  if (!written.ok()) return command.line.fail(written);
  if (output == "-") return kDone;
  return command.line.print({{"output", output}}, output + "\n");
}

}  // namespace quire
