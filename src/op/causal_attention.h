// Attention of the decoder: each new row attends to the rows of its own sequence up to itself. Rows
// of several sequences may come together; each is computed as if it came alone, bit for bit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernel/kernels.h"
#include "op/rows.h"

namespace quire {

// `rows` new rows of one sequence, at positions first, first + 1, ...; the keys and values of all
// positions before first + rows stand in the cache already.
struct CausalRun {
  const std::uint8_t* keys = nullptr;    // (kv_heads, capacity, head_size) of `type`
  const std::uint8_t* values = nullptr;  // the same
  kernel::WeightType type = kernel::kWeightF32;
  std::size_t capacity = 0, first = 0, rows = 0;
};

// q (rows, heads * head_size), the runs' rows one after the other -> out, of the same shape. Head h
// reads cache head h * kv_heads / heads; scores are scaled by 1 / sqrt(head_size).
void causal_attention(ConstRows q, std::span<const CausalRun> runs, std::size_t heads,
                      std::size_t kv_heads, Rows out);

}  // namespace quire
