// quire memory recall --store PATH QUERY
#include <cmath>
#include <nlohmann/json.hpp>

#include "app/memory.h"
#include "memory/time_text.h"

namespace quire {
namespace {

std::string in_words(const Recalled& found) {
  std::string text = "#" + std::to_string(found.entry.id) + "  " + time_text(found.entry.time);
  if (!found.entry.role.empty()) text += "  " + found.entry.role;
  text += "  [" + std::string(tier_name(found.tier));
  if (found.tier != kTextTier) {
    text += ", " + std::to_string(std::lround(100 * found.confidence)) + "% sure";
  }
  text += "]\n" + found.text + "\n";
  if (found.tier != kTextTier && !found.entry.facts.empty()) {
    text += "exactly:";
    for (const std::string& fact : found.entry.facts) text += " " + fact + ";";
    text.back() = '\n';
  }
  return text;
}

}  // namespace

int memory_recall_command(int argc, char** argv) {
  MemoryCommand command("memory recall", "Finds what the memory can still read.");
  std::string query;
  std::size_t limit = 5;
  command.line.options().add_option("QUERY", query, "words to look for").required();
  command.line.options()
      .add_option("-n,--limit", limit, "entries at most")
      .show_default()
      .between(1, 10000);
  command.line.add_reader();
  if (const auto status = command.parse(argc, argv)) return *status;
  const auto memory = command.open(MemoryCommand::Needs::kReader);
  if (!memory) return command.line.fail(memory.status());
  const auto found = (*memory)->recall(query, command.now, limit);
  if (!found) return command.line.fail(found.status());

  nlohmann::ordered_json entries = nlohmann::ordered_json::array();
  std::string text;
  for (const Recalled& each : *found) {
    entries.push_back({{"id", each.entry.id},
                       {"time", each.entry.time},
                       {"role", each.entry.role},
                       {"topic", each.entry.topic},
                       {"tier", tier_name(each.tier)},
                       {"confidence", each.confidence},
                       {"score", each.score},
                       {"text", each.text},
                       {"facts", each.entry.facts}});
    text += (text.empty() ? "" : "\n") + in_words(each);
  }
  if (found->empty()) text = "nothing that can still be read answers this\n";
  return command.line.print({{"query", query}, {"entries", std::move(entries)}}, text);
}

}  // namespace quire
