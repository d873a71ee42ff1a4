// quire memory tick --store PATH --at TIME
#include <nlohmann/json.hpp>

#include "app/memory.h"
#include "base/counted.h"

namespace quire {
namespace {

std::string sentence(const TickReport& report, const StoreSize& size) {
  return counted(report.set, "leaf", "leaves") + " set, " + counted(report.aged, "leaf", "leaves") +
         " aged, " + counted(report.forgotten, "entry", "entries") + " forgotten; " +
         counted(size.entries, "entry", "entries") + " remembered, " +
         std::to_string(size.text_entries) + " of them as text, the others on " +
         counted(size.pages, "page", "pages") + "\n";
}

}  // namespace

int memory_tick_command(int argc, char** argv) {
  MemoryCommand command("memory tick", "Lets everything grow as old as it is.");
  bool read = false;
  command.line.options().add_flag("--read", read,
                                  "read the pages that changed now, not at the next recall");
  command.line.add_reader();
  if (const auto status = command.parse(argc, argv)) return *status;
  const auto memory =
      command.open(read ? MemoryCommand::Needs::kReader : MemoryCommand::Needs::kFont);
  if (!memory) return command.line.fail(memory.status());
  const auto report = (*memory)->tick(command.now);
  if (!report) return command.line.fail(report.status());
  if (const Status status = (*memory)->read_pages(); !status.ok()) return command.line.fail(status);
  const auto size = (*memory)->store().size();
  if (!size) return command.line.fail(size.status());
  if (!report->remark.empty()) command.line.tell(report->remark);
  if (report->unknown > 0) {
    command.line.tell(std::to_string(report->unknown) +
                      " letters are in no face and stand on the pages as boxes");
  }
  return command.line.print({{"set", report->set},
                             {"aged", report->aged},
                             {"forgotten", report->forgotten},
                             {"unknown_chars", report->unknown},
                             {"entries", size->entries},
                             {"text_entries", size->text_entries},
                             {"leaves", size->leaves},
                             {"pages", size->pages}},
                            sentence(*report, *size));
}

}  // namespace quire
