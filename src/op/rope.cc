#include "op/rope.h"

#include <cmath>

#include "kernel/kernels.h"

namespace quire {

Rope::Rope(std::size_t head_size, double base) : half_(head_size / 2), frequencies_(half_) {
  for (std::size_t j = 0; j < half_; ++j) {
    const float exponent = static_cast<float>(2 * j) / static_cast<float>(head_size);
    frequencies_[j] = 1.0f / std::pow(static_cast<float>(base), exponent);
  }
}

void Rope::prepare(std::size_t count) {
  for (std::size_t position = half_ ? cosines_.size() / half_ : count; position < count;
       ++position) {
    for (float frequency : frequencies_) {
      const float angle = static_cast<float>(position) * frequency;
      cosines_.push_back(std::cos(angle));
      sines_.push_back(std::sin(angle));
    }
  }
}

void Rope::apply(Rows x, std::size_t first_position) const {
  QUIRE_CHECK(half_ > 0 && x.cols % (2 * half_) == 0);
  QUIRE_CHECK((first_position + x.rows) * half_ <= cosines_.size());
  for (std::size_t i = 0; i < x.rows; ++i) {
    const std::size_t at = (first_position + i) * half_;
    for (std::size_t c = 0; c < x.cols; c += 2 * half_) {
      kernel::kernels().rope(x.row(i) + c, half_, &cosines_[at], &sines_[at]);
    }
  }
}

}  // namespace quire
