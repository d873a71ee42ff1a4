// quire: folds text into pictures of pages and reads it back. This file only finds the command.
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "app/commands.h"
#include "app/eval.h"
#include "app/suggest.h"

namespace {

struct Command {
  const char* name;
  const char* summary;
  int (*run)(int argc, char** argv);
};

constexpr Command kCommands[] = {
    {"fold", "text to a .quire: pages of small letters, and what they cost", quire::fold_command},
    {"unfold", "a .quire back to text", quire::unfold_command},
    {"read", "documents to Markdown, text, JSON or HTML", quire::read_command},
    {"report", "what became of a pile of documents", quire::report_command},
    {"memory", "remembers, and forgets by and by", quire::memory_command},
    {"serve", "an OpenAI-compatible server with a web page", quire::serve_command},
    {"train", "trains a model by a recipe", quire::train_command},
    {"eval", "measures a model: how much of a page comes back", quire::eval_command},
    {"inspect", "what is in a model, a checkpoint file or a .quire", quire::inspect_command},
    {"convert", "a model directory to a GGUF pair, back, and between types",
     quire::convert_command},
    {"bench", "how fast a model runs here, beside what the machine could do", quire::bench_command},
    {"verify", "holds this build to golden vectors", quire::verify_command},
};

const Command* find(const std::string& name) {
  for (const Command& command : kCommands) {
    if (name == command.name) return &command;
  }
  return nullptr;
}

void print_help(std::FILE* out) {
  std::fputs(
      "quire folds long text into pictures of pages, and reads them back.\n\n"
      "  quire fold notes.txt -o notes.quire\n"
      "  quire unfold notes.quire\n\n"
      "Commands (quire COMMAND --help says more):\n",
      out);
  for (const Command& command : kCommands) {
    std::fprintf(out, "  %-10s%s\n", command.name, command.summary);
  }
  std::fputs("  help      this text, or a command's\n", out);
}

int unknown_command(const std::string& name) {
  std::vector<std::string> names = {"help"};
  for (const Command& command : kCommands) names.emplace_back(command.name);
  std::fprintf(stderr, "quire: there is no command '%s'%s\n'quire help' lists what there is\n",
               name.c_str(), quire::did_you_mean(name, names).c_str());
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string word = argc > 1 ? argv[1] : "";
  if (word.empty()) {
    print_help(stderr);
    return 2;
  }
  if (word == "--version" || word == "version") {
    std::puts("quire " QUIRE_VERSION);
    return 0;
  }
  if (word == "help" || word == "--help" || word == "-h") {
    if (argc < 3) {
      print_help(stdout);
      return 0;
    }
    const Command* command = find(argv[2]);
    if (command == nullptr) return unknown_command(argv[2]);
    char help[] = "--help";
    char* arguments[] = {argv[2], help, nullptr};
    return command->run(2, arguments);
  }
  const Command* command = find(word);
  return command == nullptr ? unknown_command(word) : command->run(argc - 1, argv + 1);
}
