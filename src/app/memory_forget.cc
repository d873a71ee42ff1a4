// quire memory forget --store PATH ID...
#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/memory.h"
#include "memory/time_text.h"

namespace quire {
namespace {

Status add_matching(const Store& store, const std::string& topic, std::optional<Seconds> before,
                    std::vector<std::int64_t>& ids) {
  const auto entries = store.entries();
  QUIRE_TRY(entries);
  for (const Entry& entry : *entries) {
    const bool wanted =
        (!topic.empty() && entry.topic == topic) || (before && entry.time < *before);
    if (wanted && std::find(ids.begin(), ids.end(), entry.id) == ids.end()) ids.push_back(entry.id);
  }
  return {};
}

}  // namespace

int memory_forget_command(int argc, char** argv) {
  MemoryCommand command("memory forget", "Forgets entries at once: text, pictures and facts.");
  std::vector<std::int64_t> ids;
  std::string topic, before_text;
  Options& options = command.line.options();
  options.add_option("ID", ids, "numbers of entries, as recall shows them");
  options.add_option("--topic", topic, "all of that session or subject");
  options.add_option("--before", before_text, "all from before that time");
  if (const auto status = command.parse(argc, argv)) return *status;
  std::optional<Seconds> before;
  if (!before_text.empty()) {
    const auto time = parse_time(before_text);
    if (!time) return command.line.wrong_usage("--before: " + time.status().message());
    before = *time;
  }
  if (ids.empty() && topic.empty() && !before) {
    return command.line.wrong_usage("say what to forget: numbers, --topic or --before");
  }
  const auto memory = command.open(MemoryCommand::Needs::kNothing);
  if (!memory) return command.line.fail(memory.status());
  const Status matched = add_matching((*memory)->store(), topic, before, ids);
  if (!matched.ok()) return command.line.fail(matched);
  std::size_t forgotten = 0;
  int status = kDone;
  for (const std::int64_t id : ids) {
    const Status done = (*memory)->forget(id);
    if (done.ok()) {
      ++forgotten;
    } else {
      command.line.complain(done.message());
      status = kFailed;
    }
  }
  const Status traces = (*memory)->store().drop_traces();
  if (!traces.ok()) return command.line.fail(traces);
  return std::max<int>(status, command.line.print({{"forgotten", forgotten}},
                                                  std::to_string(forgotten) + " forgotten\n"));
}

}  // namespace quire
