// The decoder's feed-forward: down(silu(gate x) * (up x)), dense or as a mixture of experts
// (architecture.md, section 9). Results of a row do not depend on the rows beside it.
#pragma once

#include <span>

#include "op/router.h"
#include "op/rows.h"
#include "op/weight.h"

namespace quire {

struct GatedMlp {
  Weight gate, up;  // (width, hidden)
  Weight down;      // (hidden, width)
};

// Buffers kept between calls.
struct GatedMlpScratch {
  Tensor chosen;            // (pairs, hidden): the rows of each expert, one expert after the other
  Tensor gate, up, result;  // (pairs, width) twice, (pairs, hidden)
  Tensor shared_gate, shared_up, shared_result;
};

// x (rows, hidden) -> y += mlp(x).
void add_gated_mlp(ConstRows x, const GatedMlp& mlp, GatedMlpScratch& scratch, Rows y);

// y += sum over the chosen experts of weight * expert(x) + shared(x); `shared` may be null.
void add_mixture(ConstRows x, const Routing& routing, std::span<const GatedMlp> experts,
                 const GatedMlp* shared, GatedMlpScratch& scratch, Rows y);

}  // namespace quire
