// Commands by their names: those of `quire`, of `quire memory` and of `quire eval`.
#pragma once

#include <span>

namespace quire {

struct Command {
  const char* name;
  const char* summary;
  int (*run)(int argc, char** argv);  // argv[0] is the command's name
};

struct CommandList {
  const char* name;          // "quire memory"
  const char* introduction;  // the beginning of the help
  std::span<const Command> commands;
};

// Runs the command that argv[1] names, or says which there are: `help`, `help COMMAND` and
// `--help` on standard output (0); nothing or a word nobody knows on standard error (2).
int run(const CommandList& list, int argc, char** argv);

}  // namespace quire
