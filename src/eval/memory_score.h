// How much of a life can still be read.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "eval/memory_life.h"

namespace quire {

// What can be read of each entry, by its place in the life.
using Readable = std::map<std::size_t, std::string>;

struct Kept {
  double exact = 0, phrase = 0;  // share of facts whose answer can be read
  double gist = 0;               // share of the long words of all entries, each in its entry
};

// Shares over all entries of the life, also those that cannot be read at all.
Kept score_life(const std::vector<LifeEntry>& life, const Readable& readable);

// Letter by letter, capitals aside.
bool holds_answer(const std::string& text, const std::string& answer);

}  // namespace quire
