#include "op/gated_mlp.h"

#include <algorithm>
#include <vector>

#include "kernel/kernels.h"
#include "op/add.h"
#include "op/linear_rows.h"
#include "op/split.h"

namespace quire {
namespace {

// gate = silu(gate) * up
void combine(Rows gate, ConstRows up) {
  split(gate.rows, gate.cols * kTranscendental, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      kernel::kernels().silu_mul(gate.row(i), up.row(i), gate.cols, gate.row(i));
    }
  });
}

// The (row, slot) pairs of each expert, one expert after the other.
struct Grouping {
  std::vector<std::size_t> begin;     // (experts + 1): where each expert's pairs begin
  std::vector<std::size_t> pair_at;   // (pairs): which pair stands there
  std::vector<std::size_t> place_of;  // (pairs): where the pair stands
};

Grouping group(const Routing& routing, std::size_t experts) {
  const std::size_t pairs = routing.experts.size();
  Grouping grouping{std::vector<std::size_t>(experts + 1), std::vector<std::size_t>(pairs),
                    std::vector<std::size_t>(pairs)};
  for (std::int32_t expert : routing.experts)
    ++grouping.begin[static_cast<std::size_t>(expert) + 1];
  for (std::size_t e = 0; e < experts; ++e) grouping.begin[e + 1] += grouping.begin[e];
  std::vector<std::size_t> next(grouping.begin.begin(), grouping.begin.end() - 1);
  for (std::size_t pair = 0; pair < pairs; ++pair) {
    const std::size_t place = next[static_cast<std::size_t>(routing.experts[pair])]++;
    grouping.pair_at[place] = pair;
    grouping.place_of[pair] = place;
  }
  return grouping;
}

}  // namespace

void add_gated_mlp(ConstRows x, const GatedMlp& mlp, GatedMlpScratch& scratch, Rows y) {
  const Rows gate = resize(scratch.shared_gate, x.rows, mlp.gate.rows);
  const Rows up = resize(scratch.shared_up, x.rows, mlp.up.rows);
  const Rows result = resize(scratch.shared_result, x.rows, mlp.down.rows);
  const RowsTask in[] = {{x, &mlp.gate, gate}, {x, &mlp.up, up}};
  linear_rows(in);
  combine(gate, up);
  const RowsTask out[] = {{gate, &mlp.down, result}};
  linear_rows(out);
  add(result, y);
}

void add_mixture(ConstRows x, const Routing& routing, std::span<const GatedMlp> experts,
                 const GatedMlp* shared, GatedMlpScratch& scratch, Rows y) {
  const std::size_t top_k = routing.top_k, pairs = x.rows * top_k;
  QUIRE_CHECK(!experts.empty() && routing.experts.size() == pairs && y.rows == x.rows &&
              y.cols == x.cols);
  const Grouping grouping = group(routing, experts.size());

  const Rows chosen = resize(scratch.chosen, pairs, x.cols);
  const Rows gate = resize(scratch.gate, pairs, experts[0].gate.rows);
  const Rows up = resize(scratch.up, pairs, experts[0].up.rows);
  const Rows result = resize(scratch.result, pairs, y.cols);
  for (std::size_t place = 0; place < pairs; ++place) {
    std::copy_n(x.row(grouping.pair_at[place] / top_k), x.cols, chosen.row(place));
  }

  std::vector<RowsTask> in, out;
  for (std::size_t e = 0; e < experts.size(); ++e) {
    const std::size_t from = grouping.begin[e], count = grouping.begin[e + 1] - from;
    if (count == 0) continue;
    in.push_back({chosen.slice(from, count), &experts[e].gate, gate.slice(from, count)});
    in.push_back({chosen.slice(from, count), &experts[e].up, up.slice(from, count)});
    out.push_back({gate.slice(from, count), &experts[e].down, result.slice(from, count)});
  }
  Rows shared_gate, shared_up, shared_result;
  if (shared) {
    shared_gate = resize(scratch.shared_gate, x.rows, shared->gate.rows);
    shared_up = resize(scratch.shared_up, x.rows, shared->up.rows);
    shared_result = resize(scratch.shared_result, x.rows, y.cols);
    in.push_back({x, &shared->gate, shared_gate});
    in.push_back({x, &shared->up, shared_up});
    out.push_back({shared_gate, &shared->down, shared_result});
  }

  linear_rows(in);
  combine(gate, up);
  if (shared) combine(shared_gate, shared_up);
  linear_rows(out);

  // Each row adds its experts in the order of their weights, whatever rows came along with it.
  split(y.rows, (top_k + 1) * y.cols, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      for (std::size_t pair = i * top_k; pair < (i + 1) * top_k; ++pair) {
        const float* const expert = result.row(grouping.place_of[pair]);
        kernel::kernels().add_scaled(routing.weights[pair], expert, y.cols, y.row(i));
      }
      if (shared) kernel::kernels().add(shared_result.row(i), y.cols, y.row(i));
    }
  });
}

}  // namespace quire
