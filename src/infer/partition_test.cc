#include "infer/partition.h"

#include <gtest/gtest.h>

#include <random>

#include "tensor/tensor.h"

namespace quire {
namespace {

TEST(Partition, IsTheSoftmaxOfEachRow) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal(0, 6);
  for (const std::int64_t columns : {1, 7, 8192, 8193, 50000}) {
    Tensor scores({3, columns});
    for (float& score : scores.values) score = normal(random);
    const auto rows = partitions(rows_of(std::as_const(scores)));
    ASSERT_EQ(rows.size(), 3u);
    for (std::size_t i = 0; i < 3; ++i) {
      const float* row = rows_of(scores).row(i);
      double sum = 0;
      for (std::int64_t c = 0; c < columns; ++c) sum += std::exp(static_cast<double>(row[c]));
      for (std::int64_t c = 0; c < columns; c += 1 + columns / 10) {
        const double truth = std::exp(static_cast<double>(row[c])) / sum;
        // A float's difference of scores may be off by 2^-24 of 64, and so may e to that power.
        EXPECT_NEAR(rows[i].probability(row[c]), truth, 8e-6 * truth) << columns;
      }
    }
  }
  EXPECT_TRUE(partitions({}).empty());
}

TEST(Partition, WhatIsNoNumberLeavesNoSum) {
  for (const float broken : {static_cast<float>(NAN), INFINITY}) {
    for (const std::size_t at : {0u, 5u, 9000u}) {
      Tensor scores({1, 10000});
      scores.values[at] = broken;
      EXPECT_FALSE(partitions(rows_of(std::as_const(scores)))[0].sum > 0) << broken << " " << at;
    }
  }
  Tensor none({1, 4});
  std::fill(none.values.begin(), none.values.end(), -INFINITY);
  EXPECT_FALSE(partitions(rows_of(std::as_const(none)))[0].sum > 0);
}

}  // namespace
}  // namespace quire
