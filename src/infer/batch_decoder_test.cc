#include "infer/batch_decoder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <random>

#include "format/test_support.h"
#include "model/model_files.h"

namespace quire {
namespace {

class BatchDecoderTest : public testing::Test {
 protected:
  void SetUp() override {
    QUIRE_NEEDS_GOLDEN("tiny-model");
    for (std::int64_t rows : {20, 1, 7, 133, 12, 5, 64, 300}) prompts_.push_back(random_rows(rows));
  }

  static const Model& model() {
    static const Result<Model> opened = Model::open(golden_path("tiny-model").string());
    EXPECT_TRUE(opened) << opened.status().message();
    return *opened;
  }

  Tensor random_rows(std::int64_t rows) {
    std::normal_distribution<float> normal(0.0f, 0.05f);
    Tensor tensor({rows, 96});
    for (float& value : tensor.values) value = normal(generator_);
    return tensor;
  }

  // How sequence i is decoded: each in its own way.
  DecodeRequest request(std::size_t i) {
    DecodeRequest request;
    request.prompt = rows_of(std::as_const(prompts_[i]));
    request.max_tokens = 20 + 3 * i;
    request.temperature = i % 2 == 0 ? 0.0f : 0.8f;
    request.seed = i;
    request.constrain = [i](std::span<const std::int32_t>, std::span<float> scores) {
      for (std::size_t id = i % 3; id < scores.size(); id += 3) scores[id] = -INFINITY;
    };
    request.is_loop = [i](std::span<const std::int32_t> ids) {
      return ids.back() % 32 == static_cast<std::int32_t>(i);
    };
    return request;
  }

  static void keep(DecodeRequest& request, std::optional<Generation>& result) {
    request.on_end = [&result](Result<Generation> ended) {
      ASSERT_TRUE(ended) << ended.status().message();
      EXPECT_FALSE(result) << "it ends once";
      result = *std::move(ended);
    };
  }

  // Alone, the whole prompt at once.
  Generation alone(std::size_t i) {
    std::optional<Generation> result;
    DecodeRequest one = request(i);
    keep(one, result);
    BatchDecoder batch(model(), 0);
    batch.add(std::move(one));
    while (!batch.empty()) batch.step();
    return *result;
  }

  static void expect_same(const Generation& a, const Generation& b, std::size_t i) {
    EXPECT_EQ(a.ids, b.ids) << i;
    EXPECT_EQ(a.probability, b.probability) << i;
    EXPECT_EQ(a.stop, b.stop) << i;
  }

  std::mt19937 generator_{1};
  std::vector<Tensor> prompts_;
};

TEST_F(BatchDecoderTest, WhoComesWhenChangesNobodysBits) {
  for (const std::size_t prefill_rows : {1u, 7u, 64u}) {
    BatchDecoder batch(model(), prefill_rows);
    std::vector<std::optional<Generation>> results(prompts_.size());
    std::size_t most = 0, running = 0;
    for (std::size_t i = 0; i < prompts_.size() || !batch.empty(); ++i) {
      if (i < prompts_.size()) {
        DecodeRequest one = request(i);
        keep(one, results[i]);
        one.on_end = [&running, end = one.on_end](Result<Generation> result) {
          --running;
          end(std::move(result));
        };
        batch.add(std::move(one));
        most = std::max(most, ++running);
      }
      batch.step();
    }
    EXPECT_GE(most, 3u) << "the test wants sequences that overlap";
    for (std::size_t i = 0; i < prompts_.size(); ++i) {
      ASSERT_TRUE(results[i]) << i;
      expect_same(*results[i], alone(i), i);
    }
  }
}

TEST_F(BatchDecoderTest, ALongPromptDoesNotStopTheOthers) {
  BatchDecoder batch(model(), 32);
  std::size_t first = 0, second = 0;
  DecodeRequest writing, reading;
  writing.prompt = rows_of(std::as_const(prompts_[1]));
  writing.on_token = [&](std::span<const std::int32_t> ids) { first = ids.size(); };
  reading.prompt = rows_of(std::as_const(prompts_[7]));
  reading.on_token = [&](std::span<const std::int32_t> ids) { second = ids.size(); };
  writing.constrain =
      reading.constrain = [&](std::span<const std::int32_t>, std::span<float> scores) {
        scores[static_cast<std::size_t>(model().config().text.eos)] = -INFINITY;
      };
  writing.max_tokens = reading.max_tokens = 40;
  writing.on_end = reading.on_end = [](const Result<Generation>& result) { EXPECT_TRUE(result); };
  batch.add(std::move(writing));
  batch.step();
  batch.add(std::move(reading));
  for (std::size_t steps = 1; second == 0; ++steps) {
    EXPECT_EQ(first, steps) << "one id in each step";
    batch.step();
  }
  EXPECT_EQ(first, 11u) << "300 rows are ten pieces of 32";
}

TEST_F(BatchDecoderTest, TheCancelledLeaveAndTheOthersStay) {
  BatchDecoder batch(model(), 16);
  bool gone = false;
  std::vector<std::optional<Generation>> results(3);
  for (const std::size_t i : {0u, 1u, 2u}) {
    DecodeRequest one = request(i);
    one.is_loop = {};
    one.max_tokens = 12;
    // The second is cancelled while it writes, the third before its prompt is read.
    if (i == 1) one.is_cancelled = [&] { return gone; };
    if (i == 2) one.is_cancelled = [] { return true; };
    keep(one, results[i]);
    batch.add(std::move(one));
  }
  for (int i = 0; i < 5; ++i) batch.step();
  gone = true;
  batch.step();
  ASSERT_TRUE(results[1] && results[2]);
  EXPECT_EQ(results[1]->stop, Stop::kCancelled);
  EXPECT_FALSE(results[1]->ids.empty());
  EXPECT_TRUE(results[2]->ids.empty());
  EXPECT_FALSE(batch.empty());
  while (!batch.empty()) batch.step();
  DecodeRequest one = request(0);
  EXPECT_EQ(results[0]->ids.size(), 12u);
}

TEST_F(BatchDecoderTest, OnesErrorIsItsOwn) {
  BatchDecoder batch(model());
  const Tensor too_long = random_rows(8193);
  Tensor broken = prompts_[0];
  broken.values[3] = NAN;
  std::vector<Status> problems;
  for (const Tensor* prompt : {&too_long, static_cast<const Tensor*>(&broken)}) {
    DecodeRequest bad;
    bad.prompt = rows_of(*prompt);
    bad.on_end = [&](const Result<Generation>& result) { problems.push_back(result.status()); };
    batch.add(std::move(bad));
  }
  std::optional<Generation> good;
  DecodeRequest one = request(4);
  keep(one, good);
  batch.add(std::move(one));
  while (!batch.empty()) batch.step();
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_EQ(problems[0].code(), Code::kLimit);
  EXPECT_EQ(problems[1].code(), Code::kInvalid);
  ASSERT_TRUE(good);
  expect_same(*good, alone(4), 4);
}

TEST_F(BatchDecoderTest, NoTokensWantedNoneGiven) {
  BatchDecoder batch(model());
  std::optional<Generation> result;
  DecodeRequest none = request(0);
  none.max_tokens = 0;
  keep(none, result);
  batch.add(std::move(none));
  EXPECT_TRUE(batch.empty());
  ASSERT_TRUE(result);
  EXPECT_EQ(result->stop, Stop::kLimit);
  batch.step();  // nobody there
}

// Guesses of every kind: right ones, wrong ones, ids that no model has.
TEST_F(BatchDecoderTest, GuessesChangeTheSpeedAlone) {
  std::mt19937 random(7);
  std::size_t right = 0, wrong = 0;
  std::vector<Generation> alones;
  for (std::size_t i = 0; i < prompts_.size(); ++i) alones.push_back(alone(i));
  for (int round = 0; round < 3; ++round) {
    BatchDecoder batch(model(), 16);
    std::vector<std::optional<Generation>> results(prompts_.size());
    std::vector<std::size_t> tokens(prompts_.size());
    for (std::size_t i = 0; i < prompts_.size(); ++i) {
      DecodeRequest one = request(i);
      one.on_token = [&, i](std::span<const std::int32_t> ids) {
        EXPECT_EQ(ids.size(), ++tokens[i]) << "told of every id";
      };
      one.guess = [&, i](std::span<const std::int32_t> ids, std::size_t) {
        std::vector<std::int32_t> guess;  // more than was asked for, too
        for (std::size_t n = random() % 12; n > 0; --n) {
          const std::size_t at = ids.size() + guess.size();
          const bool good = random() % 4 != 0 && at < alones[i].ids.size();
          guess.push_back(good ? alones[i].ids[at]
                               : static_cast<std::int32_t>(random() % 700) - 50);
        }
        return guess;
      };
      keep(one, results[i]);
      batch.add(std::move(one));
      batch.step();
    }
    while (!batch.empty()) batch.step();
    for (std::size_t i = 0; i < prompts_.size(); ++i) {
      expect_same(*results[i], alones[i], i);
      right += results[i]->guessed_right;
      wrong += results[i]->guessed - results[i]->guessed_right;
    }
  }
  EXPECT_GT(right, 50u);
  EXPECT_GT(wrong, 50u);
}

TEST_F(BatchDecoderTest, GuessesStayWithinTheContextAndTheLimit) {
  Result<ModelFiles> files = ModelFiles::open(golden_path("tiny-model").string());
  ASSERT_TRUE(files) << files.status().message();
  files->config.text.max_positions = 40;
  const Result<Model> small = Model::load(files->config, files->tensors, files->storage);
  ASSERT_TRUE(small) << small.status().message();
  const Tensor prompt = random_rows(35);
  const auto run = [&](std::size_t max_tokens, bool guess) {
    DecodeRequest one;
    one.prompt = rows_of(prompt);
    one.max_tokens = max_tokens;
    one.constrain = [](std::span<const std::int32_t>, std::span<float> scores) {
      std::fill(scores.begin(), scores.end(), -INFINITY);
      scores[5] = 0;
    };
    if (guess) {
      one.guess = [](std::span<const std::int32_t>, std::size_t) {
        return std::vector<std::int32_t>(20, 5);
      };
    }
    std::optional<Generation> result;
    keep(one, result);
    BatchDecoder batch(*small, 0);
    batch.add(std::move(one));
    while (!batch.empty()) batch.step();
    return *result;
  };
  EXPECT_EQ(run(100, false).ids.size(), 6u) << "the last id needs no place";
  expect_same(run(100, true), run(100, false), 0);
  expect_same(run(4, true), run(4, false), 1);
  EXPECT_EQ(run(4, true).guessed_right, 2u);
}

}  // namespace
}  // namespace quire
