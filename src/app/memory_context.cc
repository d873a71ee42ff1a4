// quire memory context --store PATH --budget N
#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/memory.h"
#include "memory/context_json.h"
#include "memory/time_text.h"

namespace quire {
namespace {

// The bill, for people: where the tokens went.
std::string bill_text(const Context& context, const std::string& tokenizer) {
  std::size_t entries[kGone] = {}, tokens[kGone] = {}, listed = 0;
  for (const ContextBill& bill : context.entries) {
    ++entries[bill.tier];
    tokens[bill.tier] += bill.tokens;
    listed += bill.tokens;
  }
  std::string text;
  char line[128];
  for (std::size_t tier = 0; tier < kGone; ++tier) {
    if (entries[tier] == 0) continue;
    std::snprintf(line, sizeof line, "%-6s %6zu entries %8zu tokens\n",
                  std::string(tier_name(tier)).c_str(), entries[tier], tokens[tier]);
    text += line;
  }
  std::snprintf(line, sizeof line,
                "in all %zu of %zu tokens (%zu of them words around the pages), ", context.tokens,
                context.budget, context.tokens - listed);
  text += line;
  return text + std::to_string(context.left_out) + " entries left out; counted by the " +
         tokenizer + " tokenizer";
}

std::string as_text(const Context& context) {
  std::string text;
  for (const ContextMessage& message : context.messages) {
    for (const ContextPart& part : message.parts) text += message.role + ": " + part.text + "\n";
  }
  return text;
}

}  // namespace

int memory_context_command(int argc, char** argv) {
  MemoryCommand command("memory context", "The best context inside a budget of tokens.");
  ContextOptions wanted;
  std::string format = "openai";
  bool no_facts = false;
  Options& options = command.line.options();
  options.add_option("--budget", wanted.budget, "tokens at most")
      .required()
      .between(1, 100'000'000);
  options.add_option("--query", wanted.query, "pages that answer it come before newer ones");
  options
      .add_option("--format", format,
                  "openai: chat messages with pictures; text: all read back by the model")
      .show_default()
      .one_of({"openai", "text"});
  options.add_flag("--no-facts", no_facts, "pages without the exact strings that stood on them");
  command.line.add_reader();
  if (const auto status = command.parse(argc, argv)) return *status;
  wanted.pictures = format == "openai";
  wanted.facts = !no_facts;
  const bool reads = !wanted.pictures || !wanted.query.empty();
  const auto memory =
      command.open(reads ? MemoryCommand::Needs::kReader : MemoryCommand::Needs::kNothing);
  if (!memory) return command.line.fail(memory.status());
  const auto count = command.counter();
  if (!count) return command.line.fail(count.status());
  const auto context = build_context(**memory, wanted, *count);
  if (!context) return command.line.fail(context.status());
  command.line.tell(bill_text(*context, command.counter_name()));
  nlohmann::ordered_json json = context_json(*context);
  json["tokenizer"] = command.counter_name();
  return command.line.print(
      json, wanted.pictures ? messages_json(*context).dump(1) + "\n" : as_text(*context));
}

}  // namespace quire
