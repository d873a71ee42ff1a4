// Has the output begun to turn in a circle? It has when its end repeats with some period, often
// enough and long enough.
//
// Much repeats by right: dot leaders, ruled lines, empty rows of a table. So the rule is patient.
// It costs little to wait, since a real loop never ends by itself, and a good page called a loop is
// a page lost. Loops with a counter in them ("item 41, item 42, ...") have no period and are left
// to the token limit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace quire {

struct LoopRule {
  std::size_t max_period = 512;  // ids; about a paragraph
  std::size_t min_repeats = 12;  // of the period
  std::size_t min_tokens = 512;  // all repeats together
};

// The least period with which the end of `ids` repeats enough, or 0. Without a loop it compares
// about max_period pairs, so it can be asked after every id.
std::size_t loop_period(std::span<const std::int32_t> ids, const LoopRule& rule = {});

// Where the last loop began to repeat: all but its first turn can be cut from here. ids.size() when
// there is no loop.
std::size_t loop_begin(std::span<const std::int32_t> ids, const LoopRule& rule = {});

}  // namespace quire
