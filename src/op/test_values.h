// Helpers of this room's tests: random values and comparison with a twin computed in double.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <span>
#include <utility>
#include <vector>

#include "op/rows.h"
#include "op/weight.h"

namespace quire {

inline Tensor random_tensor(Shape shape, unsigned seed = 1, float scale = 1.0f) {
  Tensor tensor(std::move(shape));
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal(0.0f, scale);
  for (float& value : tensor.values) value = normal(generator);
  return tensor;
}

inline Weight random_weight(std::int64_t rows, std::int64_t cols, unsigned seed = 2) {
  return Weight::own(random_tensor({rows, cols}, seed, 1.0f / std::sqrt(static_cast<float>(cols))));
}

// What stands in a float32 weight.
inline float at(const Weight& w, std::size_t row, std::size_t col) {
  return reinterpret_cast<const float*>(w.data)[row * w.cols + col];
}

// The rule for float32 results of a few hundred terms: relative error over the whole tensor.
inline double relative_error(std::span<const float> got, const std::vector<double>& want) {
  double difference = 0, norm = 0;
  EXPECT_EQ(got.size(), want.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    difference += (got[i] - want[i]) * (got[i] - want[i]);
    norm += want[i] * want[i];
  }
  return std::sqrt(difference / norm);
}

}  // namespace quire
