// quire: folds text into pictures of pages and reads it back. This file only finds the command.
#include <cstdio>
#include <string_view>

#include "app/command_list.h"
#include "app/commands.h"

namespace {

constexpr quire::Command kCommands[] = {
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

}  // namespace

int main(int argc, char** argv) {
  const std::string_view word = argc > 1 ? argv[1] : "";
  if (word == "--version" || word == "version") {
    std::puts("quire " QUIRE_VERSION);
    return 0;
  }
  return quire::run(
      {.name = "quire",
       .introduction = "quire folds long text into pictures of pages, and reads them back.\n\n"
                       "  quire fold notes.txt -o notes.quire\n"
                       "  quire unfold notes.quire\n",
       .commands = kCommands},
      argc, argv);
}
