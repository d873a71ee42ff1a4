#include "op/gated_mlp.h"

#include <gtest/gtest.h>

#include <cmath>

#include "op/test_values.h"

namespace quire {
namespace {

GatedMlp random_mlp(std::int64_t hidden, std::int64_t width, unsigned seed) {
  return {random_weight(width, hidden, seed), random_weight(width, hidden, seed + 1),
          random_weight(hidden, width, seed + 2)};
}

std::vector<double> product(const Weight& w, const std::vector<double>& x) {
  std::vector<double> y(w.rows);
  for (std::size_t j = 0; j < w.rows; ++j) {
    for (std::size_t l = 0; l < w.cols; ++l) y[j] += at(w, j, l) * x[l];
  }
  return y;
}

void add_twin(const GatedMlp& mlp, const float* x, double weight, double* y) {
  const std::vector<double> in(x, x + mlp.gate.cols);
  std::vector<double> gate = product(mlp.gate, in), up = product(mlp.up, in);
  for (std::size_t j = 0; j < gate.size(); ++j)
    gate[j] = gate[j] / (1 + std::exp(-gate[j])) * up[j];
  const std::vector<double> out = product(mlp.down, gate);
  for (std::size_t j = 0; j < out.size(); ++j) y[j] += weight * out[j];
}

TEST(Router, TakesTheLargestAndKeepsTheirProbabilities) {
  Tensor logits({2, 4});
  logits.values = {1, 3, 2, 0, 5, 5, 5, 5};
  Routing routing;
  route(rows_of(logits), {.top_k = 2}, routing);
  EXPECT_EQ(routing.experts, (std::vector<std::int32_t>{1, 2, 0, 1}));
  const double sum = std::exp(0.) + std::exp(1.) + std::exp(2.) + std::exp(3.);
  EXPECT_NEAR(routing.weights[0], std::exp(3.) / sum, 1e-6);
  EXPECT_NEAR(routing.weights[1], std::exp(2.) / sum, 1e-6);
  EXPECT_NEAR(routing.weights[2], 0.25, 1e-7);

  logits.values = {1, 3, 2, 0, 5, 5, 5, 5};
  route(rows_of(logits), {.top_k = 2, .normalize = true, .scale = 3.0f}, routing);
  EXPECT_NEAR(routing.weights[0] + routing.weights[1], 3.0, 1e-6);
  EXPECT_NEAR(routing.weights[0] / routing.weights[1], std::exp(1.), 1e-5);
}

TEST(Mixture, IsTheWeightedSumAndARowDoesNotKnowItsNeighbours) {
  const std::size_t rows = 23, hidden = 48;
  std::vector<GatedMlp> experts;
  for (unsigned e = 0; e < 5; ++e) experts.push_back(random_mlp(hidden, 20, 10 * e));
  const GatedMlp shared = random_mlp(hidden, 37, 99);
  const Tensor x = random_tensor({rows, hidden}), residual = random_tensor({rows, hidden}, 8);
  Tensor logits = random_tensor({rows, 5}, 9);
  Routing routing;
  route(rows_of(logits), {.top_k = 2}, routing);

  GatedMlpScratch scratch;
  Tensor y = residual;
  add_mixture(rows_of(x), routing, experts, &shared, scratch, rows_of(y));
  std::vector<double> want(residual.values.begin(), residual.values.end());
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t s = 0; s < 2; ++s) {
      const auto expert = static_cast<std::size_t>(routing.experts[i * 2 + s]);
      add_twin(experts[expert], rows_of(x).row(i), routing.weights[i * 2 + s], &want[i * hidden]);
    }
    add_twin(shared, rows_of(x).row(i), 1, &want[i * hidden]);
  }
  EXPECT_LT(relative_error(y.values, want), 2e-6);

  Tensor alone = residual;
  for (std::size_t i = 0; i < rows; ++i) {
    Routing one{2,
                {routing.experts[2 * i], routing.experts[2 * i + 1]},
                {routing.weights[2 * i], routing.weights[2 * i + 1]}};
    add_mixture(rows_of(x).slice(i, 1), one, experts, &shared, scratch, rows_of(alone).slice(i, 1));
  }
  EXPECT_EQ(y.values, alone.values);
}

TEST(GatedMlp, AddsToTheResidual) {
  const GatedMlp mlp = random_mlp(31, 70, 1);
  const Tensor x = random_tensor({9, 31});
  Tensor y = random_tensor({9, 31}, 2);
  std::vector<double> want(y.values.begin(), y.values.end());
  for (std::size_t i = 0; i < 9; ++i) add_twin(mlp, rows_of(x).row(i), 1, &want[i * 31]);
  GatedMlpScratch scratch;
  add_gated_mlp(rows_of(x), mlp, scratch, rows_of(y));
  EXPECT_LT(relative_error(y.values, want), 2e-6);
}

}  // namespace
}  // namespace quire
