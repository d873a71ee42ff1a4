#include "model/kv_cache.h"

#include <algorithm>

namespace quire {

std::size_t KvCache::bytes() const {
  return 2 * layers_.size() * heads_ * capacity_ * head_size_ * sizeof(float);
}

void KvCache::reserve(std::size_t rows) {
  if (length_ + rows <= capacity_) return;
  const std::size_t capacity = std::max({length_ + rows, 2 * capacity_, std::size_t{64}});
  for (Layer& layer : layers_) {
    for (std::vector<float>* values : {&layer.keys, &layer.values}) {
      std::vector<float> larger(heads_ * capacity * head_size_);
      for (std::size_t head = 0; head < heads_; ++head) {
        std::copy_n(values->data() + head * capacity_ * head_size_, length_ * head_size_,
                    larger.data() + head * capacity * head_size_);
      }
      *values = std::move(larger);
    }
  }
  capacity_ = capacity;
}

void KvCache::store(std::size_t layer, ConstRows keys, ConstRows values) {
  QUIRE_CHECK(length_ + keys.rows <= capacity_ && keys.rows == values.rows);
  QUIRE_CHECK(keys.cols == heads_ * head_size_ && values.cols == keys.cols);
  Layer& to = layers_[layer];
  for (std::size_t i = 0; i < keys.rows; ++i) {
    for (std::size_t head = 0; head < heads_; ++head) {
      const std::size_t at = (head * capacity_ + length_ + i) * head_size_;
      std::copy_n(keys.row(i) + head * head_size_, head_size_, to.keys.data() + at);
      std::copy_n(values.row(i) + head * head_size_, head_size_, to.values.data() + at);
    }
  }
}

CausalRun KvCache::run(std::size_t layer, std::size_t rows) const {
  return {layers_[layer].keys.data(), layers_[layer].values.data(), capacity_, length_, rows};
}

}  // namespace quire
