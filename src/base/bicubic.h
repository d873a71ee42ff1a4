// The one filter behind every resize in Quire (architecture.md, sections 4.5 and 5.4): bicubic with
// a = -0.5, widened when shrinking, weights renormalised at the borders. Pillow's BICUBIC and
// PyTorch's antialiased bicubic are both this. Pictures and position tables share it from here.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace quire {

// How one axis of `from` samples becomes one of `to`: output i is the sum over k of
// weights(i)[k] * input[first(i) + k]. In double precision, in Pillow's order of operations, so
// that the weights are Pillow's to the last bit.
class BicubicTaps {
 public:
  // Both at least 1.
  BicubicTaps(std::size_t from, std::size_t to);

  std::size_t outputs() const { return taps_.size(); }
  std::size_t first(std::size_t i) const { return taps_[i].first; }
  std::span<const double> weights(std::size_t i) const {
    return {weights_.data() + taps_[i].begin, taps_[i].count};
  }

 private:
  struct Tap {
    std::size_t first, begin, count;  // in the input; in weights_
  };
  std::vector<Tap> taps_;
  std::vector<double> weights_;
};

}  // namespace quire
