// quire eval compression|memory
#include "app/eval.h"

#include "app/command_list.h"
#include "app/commands.h"

namespace quire {
namespace {

constexpr Command kStudies[] = {
    {"compression", "how much of a page comes back, by how much stands on it",
     eval_compression_command},
    {"memory", "what a memory that forgets keeps, and what else keeps more", eval_memory_command},
};

}  // namespace

int eval_command(int argc, char** argv) {
  return run({.name = "quire eval",
              .introduction = "quire eval measures a model.\n\n"
                              "  quire eval compression data/texts/valid --ratios 2:20\n",
              .commands = kStudies},
             argc, argv);
}

}  // namespace quire
