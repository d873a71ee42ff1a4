#include "model/model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "format/checkpoint.h"

namespace quire {
namespace {

std::string tiny_model() {
  const char* root = std::getenv("QUIRE_GOLDEN");
  return (std::filesystem::path(root ? root : QUIRE_GOLDEN_DIR) / "tiny-model").string();
}

// The golden test model, whose tensors a test may hide, rename or replace before it is loaded.
class TinyModel : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(tiny_model())) GTEST_SKIP() << "the golden vectors are not here";
    config_ = *Config::load(tiny_model());
    checkpoint_ = std::make_shared<Checkpoint>(*Checkpoint::open(tiny_model()));
    set_ = {"tiny", checkpoint_->names(),
            [this](std::string_view name) { return checkpoint_->find(name); }};
  }

  Result<Model> load() const { return Model::load(config_, set_, checkpoint_); }

  void expect_error(std::initializer_list<const char*> parts) const {
    const Result<Model> model = load();
    ASSERT_FALSE(model);
    for (const char* part : parts) {
      EXPECT_NE(model.status().message().find(part), std::string::npos) << model.status().message();
    }
  }

  Config config_;
  std::shared_ptr<Checkpoint> checkpoint_;
  TensorSet set_;
};

Tensor random_rows(std::int64_t rows, std::int64_t cols, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal(0.0f, 0.05f);
  Tensor tensor({rows, cols});
  for (float& value : tensor.values) value = normal(generator);
  return tensor;
}

TEST_F(TinyModel, AMissingTensorIsNamed) {
  const auto find = set_.find;
  set_.find = [find](std::string_view name) -> Result<TensorView> {
    if (name == "model.layers.1.mlp.experts.3.up_proj.weight")
      return not_found("no tensor of the name " + std::string(name));
    return find(name);
  };
  expect_error({"model.layers.1.mlp.experts.3.up_proj.weight"});
}

TEST_F(TinyModel, AWrongShapeIsNamedWithBothShapes) {
  config_.text.intermediate = 161;
  expect_error({"tiny", "model.layers.0.mlp.gate_proj.weight", "(160, 96)", "(161, 96)"});
}

TEST_F(TinyModel, TensorsNobodyAskedForMeanAnotherModel) {
  config_.text.layers = 2;
  expect_error({"without", "model.layers.2."});
}

TEST_F(TinyModel, RelativeTablesOfWindowsMustFitTheWindow) {
  config_.sam.window = 8;
  expect_error({"rel_pos_h", "(27, 16)", "(15, 16)"});
}

TEST_F(TinyModel, ADecoderOfDenseLayersOnly) {
  // Layers 1 and 2 take layer 0's dense feed-forward, in place of their experts.
  config_.text.first_mixture = 3;
  std::erase_if(set_.names, [](const std::string& name) {
    return name.find(".mlp.") != std::string::npos && name.find("layers.0") == std::string::npos &&
           name.starts_with("model.layers");
  });
  const auto find = set_.find;
  set_.find = [find](std::string_view name) {
    std::string wanted(name);
    if (name.find(".mlp.") != std::string_view::npos && name.starts_with("model.layers."))
      wanted[13] = '0';
    return find(wanted);
  };
  const Result<Model> model = load();
  ASSERT_TRUE(model) << model.status().message();
  KvCache cache(config_.text);
  DecoderState state(config_.text);
  Tensor x = random_rows(5, 96, 1);
  const Segment segment[] = {{&cache, 5}};
  model->decode(segment, state, rows_of(x));
  EXPECT_TRUE(
      std::all_of(x.values.begin(), x.values.end(), [](float v) { return std::isfinite(v); }));
}

TEST_F(TinyModel, HowASequenceIsCutDoesNotChangeABit) {
  const Result<Model> model = load();
  ASSERT_TRUE(model) << model.status().message();
  const Tensor input = random_rows(90, 96, 1), other = random_rows(33, 96, 2);

  Tensor whole = input;
  KvCache cache(config_.text);
  DecoderState state(config_.text);
  const Segment all[] = {{&cache, 90}};
  model->decode(all, state, rows_of(whole));

  // The same rows, in pieces, beside another sequence that grows at another pace.
  Tensor pieces = input;
  KvCache mine(config_.text), theirs(config_.text);
  DecoderState shared(config_.text);
  std::size_t done = 0, others = 0;
  for (std::size_t piece : {1u, 7u, 1u, 50u, 31u}) {
    const std::size_t beside = std::min<std::size_t>(8, 33 - others);
    Tensor both;
    const Rows x = resize(both, beside + piece, 96);
    std::copy_n(rows_of(other).row(others), beside * 96, x.data);
    std::copy_n(rows_of(input).row(done), piece * 96, x.row(beside));
    const Segment segments[] = {{&theirs, beside}, {&mine, piece}};
    model->decode(segments, shared, x);
    std::copy_n(x.row(beside), piece * 96, rows_of(pieces).row(done));
    done += piece;
    others += beside;
  }
  EXPECT_EQ(done, 90u);
  EXPECT_EQ(pieces.values, whole.values);
  EXPECT_GT(cache.bytes(), 0u);
}

TEST_F(TinyModel, ACacheOfHalvesTakesHalfTheMemoryAndIsCutTheSame) {
  Result<Model> model = load();
  ASSERT_TRUE(model) << model.status().message();
  const Tensor input = random_rows(40, 96, 1);
  const auto decode = [&](std::initializer_list<std::size_t> pieces, std::size_t& bytes) {
    Tensor x = input;
    KvCache cache(model->config().text);
    DecoderState state(model->config().text);
    std::size_t done = 0;
    for (const std::size_t piece : pieces) {
      const Segment segment[] = {{&cache, piece}};
      model->decode(segment, state, rows_of(x).slice(done, piece));
      done += piece;
    }
    bytes = cache.bytes();
    // Positions that were cut off leave no trace.
    cache.truncate(30);
    Tensor again = input;
    const Segment segment[] = {{&cache, 10}};
    model->decode(segment, state, rows_of(again).slice(30, 10));
    for (std::size_t i = 30 * 96; i < x.size(); ++i) EXPECT_EQ(again.values[i], x.values[i]) << i;
    return x.values;
  };
  std::size_t wide = 0, half = 0;
  const Values exact = decode({40}, wide);
  ASSERT_TRUE(model->use_cache(DType::kF16));
  const Values rounded = decode({40}, half);
  EXPECT_EQ(2 * half, wide);
  EXPECT_NE(rounded, exact);
  for (std::size_t i = 0; i < 96; ++i) EXPECT_NEAR(rounded[i], exact[i], 0.01) << i;
  EXPECT_EQ(decode({1, 7, 30, 2}, half), rounded);

  const Status blocks = model->use_cache(DType::kQ8_0);
  if (model->config().text.head_size() % 32 != 0) {
    EXPECT_NE(blocks.message().find("F16"), std::string::npos);
    return;
  }
  ASSERT_TRUE(blocks);
  std::size_t bytes = 0;
  const Values in_blocks = decode({40}, bytes);
  EXPECT_EQ(bytes * 128, wide * 34);
  EXPECT_NE(in_blocks, rounded);
  for (std::size_t i = 0; i < 96; ++i) EXPECT_NEAR(in_blocks[i], exact[i], 0.05) << i;
  EXPECT_EQ(decode({1, 7, 30, 2}, bytes), in_blocks);
}

TEST_F(TinyModel, ViewsOfAnySideThatIsAMultipleOfThePatch) {
  const Result<Model> model = load();
  ASSERT_TRUE(model) << model.status().message();
  for (std::size_t side : {16u, 48u, 64u, 208u}) {
    ASSERT_TRUE(model->check_side(side));
    Tensor pixels({3, static_cast<std::int64_t>(side), static_cast<std::int64_t>(side)});
    const Tensor tokens = model->encode(pixels);
    const auto q = static_cast<std::int64_t>(config_.token_side(side));
    EXPECT_EQ(tokens.shape, (Shape{q * q, 96})) << side;
  }
  for (std::size_t side : {0u, 15u, 100u, 8192u}) EXPECT_FALSE(model->check_side(side)) << side;
}

TEST_F(TinyModel, AssembledSequences) {
  const Result<Model> model = load();
  ASSERT_TRUE(model) << model.status().message();
  const BridgeWeights& bridge = model->weights().bridge;
  // Tokens are numbered in their first value.
  const auto numbered = [](std::int64_t side, float first) {
    Tensor tokens({side * side, 96});
    for (std::int64_t i = 0; i < side * side; ++i)
      tokens.values[static_cast<std::size_t>(i * 96)] = first + static_cast<float>(i);
    return tokens;
  };
  const float newline = bridge.newline[0], separator = bridge.separator[0];
  const Tensor tiles[] = {numbered(2, 10), numbered(2, 20)};
  const Tensor sequence = model->assemble(numbered(2, 0), {tiles, 2, 1});
  std::vector<float> firsts;
  for (std::size_t i = 0; i < rows_of(sequence).rows; ++i)
    firsts.push_back(rows_of(sequence).row(i)[0]);
  EXPECT_EQ(firsts, (std::vector<float>{10, 11, 20, 21, newline, 12, 13, 22, 23, newline, 0, 1,
                                        newline, 2, 3, newline, separator}));
}

TEST(Model, DirectoriesThatAreNone) {
  const Result<Model> model = Model::open("/nonexistent");
  ASSERT_FALSE(model);
  EXPECT_NE(model.status().message().find("/nonexistent/config.json"), std::string::npos);
}

}  // namespace
}  // namespace quire
