// What a model's work costs, counted from its sizes: operations (a multiplication and an addition
// are two) and bytes. Formulas: the shapes of architecture.md, sections 5 and 9; norms, activations
// and softmax are left out, which is a few parts in a thousand.
#pragma once

#include <cstddef>

#include "model/config.h"
#include "model/weights.h"

namespace quire {

// Encoding one square view of `side` pixels: SAM, compressor, CLIP, projector. Windows are counted
// with the tokens that lie inside the grid.
double encode_operations(const Config& config, std::size_t side);

// Weights that one decoding step of `batch` sequences must read, as they are stored. Of a mixture's
// experts those that so many rows are expected to choose when all are equally likely.
double decode_weight_bytes(const Config& config, const TextWeights& weights, std::size_t batch);

// Keys and values that one sequence's step reads behind `context` positions.
double cache_bytes(const TextConfig& config, std::size_t context);

}  // namespace quire
