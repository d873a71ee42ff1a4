#include "model/decoder.h"

#include <algorithm>
#include <string>
#include <vector>

#include "op/add.h"
#include "op/linear_rows.h"
#include "op/norm.h"
#include "op/router.h"

namespace quire {
namespace {

// x += o(attention(norm x))
void add_attention(const TextConfig& config, const DecoderLayer& layer, std::size_t index,
                   std::span<const Segment> segments, DecoderState& state, Rows x) {
  const Rows normed = resize(state.normed, x.rows, x.cols);
  const Rows q = resize(state.q, x.rows, layer.q.rows), k = resize(state.k, x.rows, layer.k.rows);
  const Rows v = resize(state.v, x.rows, layer.v.rows),
             mixed = resize(state.mixed, x.rows, layer.q.rows);
  rms_norm(x, layer.attention_norm, normed);
  const RowsTask in[] = {{normed, &layer.q, q}, {normed, &layer.k, k}, {normed, &layer.v, v}};
  linear_rows(in);

  std::vector<CausalRun> runs;
  std::size_t from = 0;
  for (const Segment& segment : segments) {
    state.rope.apply(q.slice(from, segment.rows), segment.cache->length());
    state.rope.apply(k.slice(from, segment.rows), segment.cache->length());
    segment.cache->store(index, k.slice(from, segment.rows), v.slice(from, segment.rows));
    runs.push_back(segment.cache->run(index, segment.rows));
    from += segment.rows;
  }
  causal_attention(q, runs, config.heads, config.kv_heads, mixed);

  const Rows projected = resize(state.projected, x.rows, x.cols);
  const RowsTask out[] = {{mixed, &layer.o, projected}};
  linear_rows(out);
  add(projected, x);
}

// x += mlp(norm x)
void add_feed_forward(const TextConfig& config, const DecoderLayer& layer, std::size_t index,
                      DecoderState& state, Rows x, const Tap& tap) {
  const Rows normed = resize(state.normed, x.rows, x.cols);
  rms_norm(x, layer.mlp_norm, normed);
  if (!layer.mixture) return add_gated_mlp(normed, layer.dense, state.mlp, x);

  const Rows logits = resize(state.router_logits, x.rows, layer.router.rows);
  const RowsTask task[] = {{normed, &layer.router, logits}};
  linear_rows(task);
  route(logits,
        {.top_k = config.experts_per_token,
         .normalize = config.normalize_weights,
         .scale = config.weight_scale},
        state.routing);
  if (tap) {
    const Shape shape = {static_cast<std::int64_t>(x.rows),
                         static_cast<std::int64_t>(config.experts_per_token)};
    const std::vector<float> experts(state.routing.experts.begin(), state.routing.experts.end());
    tap("router_topk_idx." + std::to_string(index), shape, experts.data());
    tap("router_topk_weight." + std::to_string(index), shape, state.routing.weights.data());
  }
  add_mixture(normed, state.routing, layer.experts, config.shared_experts ? &layer.shared : nullptr,
              state.mlp, x);
}

}  // namespace

void run_decoder(const TextConfig& config, const TextWeights& weights,
                 std::span<const Segment> segments, DecoderState& state, Rows x, const Tap& tap) {
  std::size_t rows = 0, positions = 0;
  for (const Segment& segment : segments) {
    rows += segment.rows;
    positions = std::max(positions, segment.cache->length() + segment.rows);
    segment.cache->reserve(segment.rows);
  }
  QUIRE_CHECK(rows == x.rows && x.cols == config.hidden && x.stride == x.cols);
  QUIRE_CHECK(positions <= config.max_positions);
  if (rows == 0) return;
  state.rope.prepare(positions);

  for (std::size_t i = 0; i < weights.layers.size(); ++i) {
    add_attention(config, weights.layers[i], i, segments, state, x);
    add_feed_forward(config, weights.layers[i], i, state, x, tap);
    if (tap) {
      tap("text.layer." + std::to_string(i),
          {static_cast<std::int64_t>(x.rows), static_cast<std::int64_t>(x.cols)}, x.data);
    }
  }
  for (const Segment& segment : segments) segment.cache->advance(segment.rows);
}

void compute_logits(const TextWeights& weights, ConstRows x, DecoderState& state, Rows out,
                    const Tap& tap) {
  const Rows normed = resize(state.normed, x.rows, x.cols);
  rms_norm(x, weights.norm, normed);
  if (tap) {
    tap("hidden_last_normed",
        {static_cast<std::int64_t>(x.rows), static_cast<std::int64_t>(x.cols)}, normed.data);
  }
  const RowsTask task[] = {{normed, &weights.output, out}};
  linear_rows(task);
}

}  // namespace quire
