// quire inspect PATH
#include <filesystem>

#include "app/command_line.h"
#include "app/commands.h"
#include "app/find_model.h"
#include "app/inspection.h"

namespace quire {

int inspect_command(int argc, char** argv) {
  std::string path;
  bool list_tensors = false;
  CommandLine line("inspect",
                   "What is in a model directory, a safetensors or GGUF file, a .quire.");
  line.options()
      .add_option("PATH", path, "a file, a model directory, or a model's name")
      .required();
  line.options().add_flag("--tensors", list_tensors, "list every tensor");
  if (const auto status = line.parse(argc, argv)) return *status;

  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    const auto model = find_model(path);
    if (!model) return line.fail(not_found(path + ": there is no such file, directory or model"));
    path = *model;
  }
  const auto found = inspect(path);
  if (!found) return line.fail(found.status());
  const int printed = line.print(inspection_json(*found), inspection_text(*found, list_tensors));
  if (found->problem.empty()) return printed;
  line.complain(found->problem);
  return kFailed;
}

}  // namespace quire
