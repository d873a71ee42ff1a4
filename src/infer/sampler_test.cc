#include "infer/sampler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace quire {
namespace {

TEST(Sampler, WithoutTemperatureTheFirstOfTheBest) {
  Sampler greedy(0.0f, 1);
  EXPECT_EQ(greedy.choose(std::vector<float>{1, 3, 3, 2}), 1);
  EXPECT_EQ(greedy.choose(std::vector<float>{-INFINITY, -9}), 1);
  EXPECT_EQ(Sampler(-1.0f, 1).choose(std::vector<float>{0, 1}), 1);
}

TEST(Sampler, NothingToChooseIsNoChoice) {
  for (const float temperature : {0.0f, 0.5f}) {
    Sampler sampler(temperature, 1);
    EXPECT_EQ(sampler.choose({}), std::nullopt);
    EXPECT_EQ(sampler.choose(std::vector<float>{-INFINITY, -INFINITY}), std::nullopt);
    EXPECT_EQ(sampler.choose(std::vector<float>{0, NAN}), std::nullopt);
  }
}

// How often each id is drawn.
std::vector<double> shares(const std::vector<float>& scores, float temperature) {
  constexpr int kDraws = 20000;
  Sampler sampler(temperature, 7);
  std::vector<double> share(scores.size());
  for (int i = 0; i < kDraws; ++i) share[static_cast<std::size_t>(*sampler.choose(scores))] += 1;
  for (double& s : share) s /= kDraws;
  return share;
}

TEST(Sampler, DrawsByTheSoftmaxAtItsTemperature) {
  const std::vector<float> scores{0.5f, -INFINITY, 1.5f, 1.0f};
  for (const float temperature : {0.5f, 1.0f, 2.0f}) {
    double sum = 0;
    for (const float score : scores) sum += std::exp(score / temperature);
    const std::vector<double> share = shares(scores, temperature);
    EXPECT_EQ(share[1], 0) << "a banned id";
    for (std::size_t i = 0; i < scores.size(); ++i) {
      // Four standard deviations of a share of 20,000 draws are below 0.0142.
      EXPECT_NEAR(share[i], std::exp(scores[i] / temperature) / sum, 0.0142) << i;
    }
  }
  EXPECT_EQ(shares(scores, 1e-4f)[2], 1) << "next to no temperature is greedy";
}

TEST(Sampler, TheSeedDecides) {
  const std::vector<float> scores(100, 0.0f);
  const auto draw = [&](std::uint64_t seed) {
    Sampler sampler(1.0f, seed);
    std::vector<std::int32_t> ids;
    for (int i = 0; i < 20; ++i) ids.push_back(*sampler.choose(scores));
    return ids;
  };
  EXPECT_EQ(draw(3), draw(3));
  EXPECT_NE(draw(3), draw(4));
}

}  // namespace
}  // namespace quire
