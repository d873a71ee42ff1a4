// The decoder (architecture.md, section 9): causal attention and feed-forwards over rows of several
// independent sequences at once. A row's result depends on its own sequence only, bit for bit: not
// on the other sequences, and not on how its sequence was cut into calls.
#pragma once

#include <span>

#include "model/config.h"
#include "model/kv_cache.h"
#include "model/tap.h"
#include "model/weights.h"
#include "op/rope.h"

namespace quire {

// The next `rows` rows belong to this sequence.
struct Segment {
  KvCache* cache = nullptr;
  std::size_t rows = 0;
};

// Buffers and the rotary table, kept from call to call. One for each thread that decodes.
struct DecoderState {
  explicit DecoderState(const TextConfig& config) : rope(config.head_size(), config.rope_theta) {}

  Rope rope;
  Tensor normed, q, k, v, mixed, projected;
  Tensor router_logits;
  Routing routing;
  GatedMlpScratch mlp;
};

// x (rows of all segments, hidden), input embeddings -> the residual stream behind the last layer.
// Each cache grows by its segment's rows. The caller keeps caches within config.max_positions.
// Taps: text.layer.I; router_topk_idx.I and router_topk_weight.I of mixture layers (rows, top k).
void run_decoder(const TextConfig& config, const TextWeights& weights,
                 std::span<const Segment> segments, DecoderState& state, Rows x, const Tap& tap);

// x (rows, hidden), the stream behind the last layer -> out (rows, vocabulary).
// Tap: hidden_last_normed (rows, hidden).
void compute_logits(const TextWeights& weights, ConstRows x, DecoderState& state, Rows out,
                    const Tap& tap);

}  // namespace quire
