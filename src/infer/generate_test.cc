#include "infer/generate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <random>

namespace quire {
namespace {

class GenerateTest : public testing::Test {
 protected:
  void SetUp() override {
    const char* root = std::getenv("QUIRE_GOLDEN");
    const auto directory = std::filesystem::path(root ? root : QUIRE_GOLDEN_DIR) / "tiny-model";
    if (!std::filesystem::exists(directory)) GTEST_SKIP() << "the golden vectors are not here";
    Result<Model> opened = Model::open(directory.string());
    ASSERT_TRUE(opened) << opened.status().message();
    model_ = std::make_unique<Model>(*std::move(opened));
    for (std::int64_t rows : {20, 1, 7, 33, 12, 5, 64}) inputs_.push_back(random_rows(rows));
  }

  Tensor random_rows(std::int64_t rows) {
    std::normal_distribution<float> normal(0.0f, 0.05f);
    Tensor tensor({rows, 96});
    for (float& value : tensor.values) value = normal(generator_);
    return tensor;
  }

  std::vector<Generation> run(std::span<const Tensor> inputs, const GenerateOptions& options) {
    auto result = generate(*model_, inputs, options);
    EXPECT_TRUE(result) << result.status().message();
    return result ? *std::move(result) : std::vector<Generation>(inputs.size());
  }

  std::mt19937 generator_{1};
  std::unique_ptr<Model> model_;
  std::vector<Tensor> inputs_;
};

TEST_F(GenerateTest, ABatchGivesTheBitsThatEachGivesAlone) {
  GenerateOptions options{.max_tokens = 40};
  // Sequences end at different times, so the batch shrinks on the way.
  options.is_loop = [](std::size_t, std::span<const std::int32_t> ids) {
    return ids.back() % 16 == 0;
  };
  const auto together = run(inputs_, options);
  std::size_t lengths = 0;
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    const auto alone = run({&inputs_[i], 1}, options);
    EXPECT_EQ(together[i].ids, alone[0].ids) << i;
    EXPECT_EQ(together[i].probability, alone[0].probability) << i;
    EXPECT_EQ(together[i].stop, alone[0].stop) << i;
    lengths += together[i].ids.size();
  }
  EXPECT_NE(lengths, inputs_.size() * 40) << "the test wants sequences of different lengths";
}

TEST_F(GenerateTest, ChanceIsSeededAndKeepsTheBans) {
  GenerateOptions options{.max_tokens = 40, .temperature = 1.5f, .seed = 5};
  options.constrain = [](std::size_t, std::span<const std::int32_t>, std::span<float> scores) {
    for (std::size_t id = 1; id < scores.size(); id += 2) scores[id] = -INFINITY;
  };
  const auto together = run({inputs_.data(), 3}, options);
  for (std::size_t i = 0; i < 3; ++i) {
    for (const std::int32_t id : together[i].ids) EXPECT_EQ(id % 2, 0);
    EXPECT_EQ(run({&inputs_[i], 1}, options)[0].ids, together[i].ids) << i;
  }
  options.seed = 6;
  EXPECT_NE(run({inputs_.data(), 1}, options)[0].ids, together[0].ids);
  options.temperature = 0;
  EXPECT_NE(run({inputs_.data(), 1}, options)[0].ids, together[0].ids);
}

TEST_F(GenerateTest, ProbabilitiesAreThoseOfTheUnconstrainedScores) {
  std::vector<float> first;
  GenerateOptions options{.max_tokens = 1};
  options.constrain = [&](std::size_t, std::span<const std::int32_t>, std::span<float> scores) {
    first.assign(scores.begin(), scores.end());
    for (std::size_t i = 0; i < scores.size(); ++i) scores[i] = i == 77 ? -50.0f : -INFINITY;
  };
  const auto result = run({&inputs_[0], 1}, options);
  EXPECT_EQ(result[0].ids, std::vector<std::int32_t>{77});
  double sum = 0;
  for (float score : first) sum += std::exp(static_cast<double>(score));
  EXPECT_NEAR(result[0].probability[0], std::exp(static_cast<double>(first[77])) / sum, 1e-6);
}

TEST_F(GenerateTest, WaysToStop) {
  // The end token, and what came before it.
  GenerateOptions options{.max_tokens = 10};
  options.constrain = [&](std::size_t sequence, std::span<const std::int32_t> ids,
                          std::span<float> scores) {
    if (ids.size() == sequence) scores[1] = 1e9f;
  };
  auto result = run({inputs_.data(), 3}, options);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(result[i].stop, Stop::kEnd);
    EXPECT_EQ(result[i].ids.size(), i);
  }
  EXPECT_EQ(run({inputs_.data(), 1}, {.max_tokens = 4})[0].stop, Stop::kLimit);
  EXPECT_EQ(run({inputs_.data(), 1}, {.max_tokens = 4})[0].ids.size(), 4u);
  EXPECT_TRUE(run({inputs_.data(), 1}, {.max_tokens = 0})[0].ids.empty());

  GenerateOptions cancelled;
  cancelled.on_token = [](std::size_t total) { return total < 9; };
  result = run({inputs_.data(), 3}, cancelled);
  for (const Generation& one : result) {
    EXPECT_EQ(one.stop, Stop::kCancelled);
    EXPECT_EQ(one.ids.size(), 3u);
  }
  EXPECT_TRUE(run({}, {}).empty());
}

TEST_F(GenerateTest, ScoresThatAreNoNumbersAreAnError) {
  for (const float value : {-INFINITY, static_cast<float>(NAN)}) {
    GenerateOptions options{.max_tokens = 3};
    options.constrain = [&](std::size_t, std::span<const std::int32_t>, std::span<float> scores) {
      std::fill(scores.begin(), scores.end(), value);
    };
    EXPECT_FALSE(generate(*model_, {inputs_.data(), 1}, options));
  }
  Tensor broken = inputs_[0];
  broken.values[3] = NAN;
  EXPECT_FALSE(generate(*model_, {&broken, 1}, {}));
}

TEST_F(GenerateTest, ThePromptMustFitTheContext) {
  const Tensor longer = random_rows(8193);
  const auto result = generate(*model_, {&longer, 1}, {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.status().code(), Code::kLimit);
  EXPECT_NE(result.status().message().find("8193"), std::string::npos);
}

}  // namespace
}  // namespace quire
