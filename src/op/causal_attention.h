// Attention of the decoder: each new row attends to the rows of its own sequence up to itself. Rows
// of several sequences may come together; each is computed as if it came alone, bit for bit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "op/rows.h"
#include "tensor/tensor.h"

namespace quire {

// `rows` new rows of one sequence, at positions first, first + 1, ...; the keys and values of all
// positions before first + rows stand in the cache already.
struct CausalRun {
  const std::uint8_t* keys = nullptr;    // (kv_heads, capacity, head_size) of `type`
  const std::uint8_t* values = nullptr;  // the same
  DType type = DType::kF32;              // F32, F16, or Q8_0 where a head is whole blocks
  std::size_t capacity = 0, first = 0, rows = 0;
};

// One position of one head in a cache: how many bytes it takes, and the values as these bytes.
std::size_t cache_row_bytes(DType type, std::size_t head_size);
void write_cache_row(DType type, const float* values, std::size_t head_size, std::uint8_t* to);

// q (rows, heads * head_size), the runs' rows one after the other -> out, of the same shape. Head h
// reads cache head h * kv_heads / heads; scores are scaled by 1 / sqrt(head_size).
void causal_attention(ConstRows q, std::span<const CausalRun> runs, std::size_t heads,
                      std::size_t kv_heads, Rows out);

}  // namespace quire
