// Where the model is that a command works with.
#pragma once

#include <string>

#include "base/status.h"

namespace quire {

inline constexpr const char* kDefaultModel = "quire-nano";

// The folder of the running program.
std::string program_folder();

// `wanted` is what --model says: a path, or the name of a model in a models/ folder. When empty:
// $QUIRE_MODEL, else quire-nano. Folders searched for a name: ../../models and
// ../share/quire/models from the program, models/ here. Error: a sentence that names where it
// looked.
Result<std::string> find_model(const std::string& wanted);

}  // namespace quire
