// quire memory export|import|check: the whole memory at once.
#include <nlohmann/json.hpp>

#include "app/memory.h"
#include "base/file.h"
#include "memory/exchange.h"

namespace quire {
namespace {

constexpr std::size_t kMaxImportBytes = std::size_t{2} << 30;

}  // namespace

int memory_export_command(int argc, char** argv) {
  MemoryCommand command("memory export", "Everything as lines of JSON.");
  std::string output = "-";
  command.line.options()
      .add_option("-o,--output", output, "where to; - is standard output")
      .show_default();
  if (const auto status = command.parse(argc, argv)) return *status;
  if (output == "-" && command.line.json) {
    return command.line.wrong_usage("-o - and --json both want standard output");
  }
  const auto memory = command.open(MemoryCommand::Needs::kNothing);
  if (!memory) return command.line.fail(memory.status());
  auto writer = FileWriter::create(output);
  if (!writer) return command.line.fail(writer.status());
  std::size_t lines = 0;
  const Status written = export_memory((*memory)->store(), [&](std::string_view line) {
    ++lines;
    return writer->append(line);
  });
  if (!written.ok()) return command.line.fail(written);
  const Status committed = writer->commit();
  if (!committed.ok()) return command.line.fail(committed);
  if (output == "-") return kDone;
  return command.line.print({{"lines", lines}}, std::to_string(lines) + " lines\n");
}

int memory_import_command(int argc, char** argv) {
  MemoryCommand command("memory import", "Adds what was exported, under new numbers.");
  std::string file = "-";
  command.line.options().add_option("FILE", file, "lines of JSON; - is standard input");
  if (const auto status = command.parse(argc, argv)) return *status;
  const auto lines = read_file(file, kMaxImportBytes);
  if (!lines) return command.line.fail(lines.status());
  const auto memory = command.open(MemoryCommand::Needs::kNothing, Database::Access::kCreate);
  if (!memory) return command.line.fail(memory.status());
  const auto added = import_memory(*lines, (*memory)->store());
  const std::string name = file == "-" ? "standard input" : file;
  if (!added) return command.line.fail(added.status().at(name));
  return command.line.print({{"entries", *added}}, std::to_string(*added) + " entries\n");
}

int memory_check_command(int argc, char** argv) {
  MemoryCommand command("memory check", "Reads every row and page, and names what is damaged.");
  if (const auto status = command.parse(argc, argv)) return *status;
  const auto memory = command.open(MemoryCommand::Needs::kNothing);
  if (!memory) return command.line.fail(memory.status());
  const Status status = (*memory)->store().check();
  if (!status.ok()) return command.line.fail(status);
  const auto size = (*memory)->store().size();
  if (!size) return command.line.fail(size.status());
  return command.line.print(
      {{"entries", size->entries}, {"leaves", size->leaves}, {"pages", size->pages}},
      "whole: " + std::to_string(size->entries) + " entries, " + std::to_string(size->leaves) +
          " leaves, " + std::to_string(size->pages) + " pages\n");
}

}  // namespace quire
