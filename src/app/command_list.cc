#include "app/command_list.h"

#include <cstdio>
#include <string>
#include <vector>

#include "app/exit_status.h"
#include "app/suggest.h"
#include "text/escape.h"

namespace quire {
namespace {

const Command* find(const CommandList& list, const std::string& name) {
  for (const Command& command : list.commands) {
    if (name == command.name) return &command;
  }
  return nullptr;
}

void print_help(const CommandList& list, std::FILE* out) {
  std::fprintf(out, "%s\nCommands (%s COMMAND --help says more):\n", list.introduction, list.name);
  for (const Command& command : list.commands) {
    std::fprintf(out, "  %-12s%s\n", command.name, command.summary);
  }
  std::fputs("  help        this text, or a command's\n", out);
}

int unknown(const CommandList& list, const std::string& name) {
  std::vector<std::string> names = {"help"};
  for (const Command& command : list.commands) names.emplace_back(command.name);
  std::fprintf(stderr, "%s: there is no command '%s'%s\n'%s help' lists what there is\n", list.name,
               printable(name).c_str(), did_you_mean(name, names).c_str(), list.name);
  return kWrongUsage;
}

}  // namespace

int run(const CommandList& list, int argc, char** argv) {
  const std::string word = argc > 1 ? argv[1] : "";
  if (word.empty()) {
    print_help(list, stderr);
    return kWrongUsage;
  }
  const bool help = word == "help" || word == "--help" || word == "-h";
  if (help && argc < 3) {
    print_help(list, stdout);
    return kDone;
  }
  char* const name = argv[help ? 2 : 1];
  const Command* const command = find(list, name);
  if (command == nullptr) return unknown(list, name);
  if (!help) return command->run(argc - 1, argv + 1);
  char flag[] = "--help";
  char* arguments[] = {name, flag, nullptr};
  return command->run(2, arguments);
}

}  // namespace quire
