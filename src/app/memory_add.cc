// quire memory add --store PATH [FILE...]
#include <nlohmann/json.hpp>

#include "app/memory.h"
#include "fold/source_text.h"

namespace quire {

int memory_add_command(int argc, char** argv) {
  MemoryCommand command("memory add", "Remembers texts; each file is an entry, long ones several.");
  std::vector<std::string> files = {"-"};
  NewEntry entry;
  Options& options = command.line.options();
  options.add_option("FILE", files, "text, UTF-8; - is standard input").show_default();
  options.add_option("--role", entry.role, "whose words these are: user, assistant, ...");
  options.add_option("--topic", entry.topic, "session or subject");
  options.add_option("--importance", entry.importance, "0 to 1: what counts fades slower (curve)");
  options.add_flag("--pin", entry.pinned, "stays text for ever");
  options.add_flag("--archive", entry.archive, "keep the original, so that a recall restores it");
  if (const auto status = command.parse(argc, argv)) return *status;

  const auto memory = command.open(MemoryCommand::Needs::kNothing, Database::Access::kCreate);
  if (!memory) return command.line.fail(memory.status());
  std::vector<std::int64_t> ids;
  int status = kDone;
  for (const std::string& file : files) {
    auto text = read_text(file);
    if (text) {
      entry.text = *std::move(text);
      const auto added = (*memory)->add(entry, command.now);
      if (added) {
        ids.insert(ids.end(), added->begin(), added->end());
        continue;
      }
      text = added.status().at(file == "-" ? "standard input" : file);
    }
    command.line.complain(text.status().message());
    status = kFailed;
  }
  std::string said;
  for (const std::int64_t id : ids) said += std::to_string(id) + "\n";
  return std::max<int>(status, command.line.print({{"ids", ids}}, said));
}

}  // namespace quire
