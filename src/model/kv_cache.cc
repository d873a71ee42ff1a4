#include "model/kv_cache.h"

#include <algorithm>
#include <utility>

#include "op/split.h"

namespace quire {

std::size_t KvCache::bytes() const { return rows_.size(); }

void KvCache::reserve(std::size_t rows) {
  if (length_ + rows <= capacity_) return;
  const std::size_t capacity = std::max({length_ + rows, 2 * capacity_, std::size_t{64}});
  const std::size_t row = row_bytes(), heads = layers_ * kParts * heads_;
  decltype(rows_) larger(heads * capacity * row);
  for (std::size_t head = 0; head < heads; ++head) {
    std::copy_n(rows_.data() + head * capacity_ * row, length_ * row,
                larger.data() + head * capacity * row);
  }
  rows_ = std::move(larger);
  capacity_ = capacity;
}

void KvCache::store(std::size_t layer, ConstRows keys, ConstRows values) {
  QUIRE_CHECK(length_ + keys.rows <= capacity_ && keys.rows == values.rows);
  QUIRE_CHECK(keys.cols == heads_ * head_size_ && values.cols == keys.cols);
  std::uint8_t* const to_keys = rows_.data() + offset(layer, kKeys);
  std::uint8_t* const to_values = rows_.data() + offset(layer, kValues);
  split(keys.rows, 4 * keys.cols, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      for (std::size_t head = 0; head < heads_; ++head) {
        const std::size_t at = (head * capacity_ + length_ + i) * row_bytes();
        write_cache_row(type_, keys.row(i) + head * head_size_, head_size_, to_keys + at);
        write_cache_row(type_, values.row(i) + head * head_size_, head_size_, to_values + at);
      }
    }
  });
}

CausalRun KvCache::run(std::size_t layer, std::size_t rows) const {
  return {rows_.data() + offset(layer, kKeys),
          rows_.data() + offset(layer, kValues),
          type_,
          capacity_,
          length_,
          rows};
}

}  // namespace quire
