// The keys and values of one sequence, all layers: what a conversation costs beside the weights.
// One position takes 2 * layers * kv_heads * head size values: in the official model 120 KiB as
// float32, 60 KiB as float16, 32 KiB as Q8_0 (TextConfig::cache).
//
// Grows by doubling; nothing is reserved for tokens that are never generated.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/large_pages.h"
#include "model/config.h"
#include "op/causal_attention.h"
#include "op/rows.h"

namespace quire {

class KvCache {
 public:
  explicit KvCache(const TextConfig& config)
      : heads_(config.kv_heads),
        head_size_(config.head_size()),
        type_(config.cache),
        layers_(config.layers) {}

  std::size_t length() const { return length_; }
  std::size_t bytes() const;

  // Room for `rows` more positions. The positions count only after advance().
  void reserve(std::size_t rows);
  // Stores rows (n, kv_heads * head_size) of one layer behind the present length.
  void store(std::size_t layer, ConstRows keys, ConstRows values);
  void advance(std::size_t rows) { length_ += rows; }
  // Forgets the positions behind the first `length`.
  void truncate(std::size_t length) { length_ = std::min(length, length_); }

  // What attention needs of one layer, for `rows` new rows.
  CausalRun run(std::size_t layer, std::size_t rows) const;

 private:
  enum Part { kKeys, kValues, kParts };

  std::size_t row_bytes() const { return cache_row_bytes(type_, head_size_); }
  // Where a layer's keys or values lie in rows_: (kv_heads, capacity, head_size) of type_.
  std::size_t offset(std::size_t layer, Part part) const {
    return (kParts * layer + part) * heads_ * capacity_ * row_bytes();
  }

  std::size_t heads_, head_size_;
  DType type_;
  std::size_t layers_;
  std::size_t length_ = 0, capacity_ = 0;
  // All layers in one piece, on large pages: between two steps the weights pass through the caches,
  // and with small ones a step would look up each head's pages in memory again.
  std::vector<std::uint8_t, LargePages<std::uint8_t>> rows_;
};

}  // namespace quire
