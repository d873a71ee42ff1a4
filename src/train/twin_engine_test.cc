// The twin and the engine are two implementations of one model: on the same weights, written by the
// one and opened by the other, they must say the same.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "model/model.h"
#include "text/tokenizer.h"
#include "train/export.h"

namespace quire::train {
namespace {

namespace fs = std::filesystem;

double relative_error(const float* a, const torch::Tensor& b) {
  const torch::Tensor reference = b.contiguous().to(torch::kFloat64);
  const torch::Tensor ours =
      torch::from_blob(const_cast<float*>(a), reference.sizes(), torch::kFloat32)
          .to(torch::kFloat64);
  return ((ours - reference).norm() / reference.norm()).item<double>();
}

TEST(TwinEngine, SameWeightsSameTokensSameLogits) {
  torch::manual_seed(11);
  TwinConfig config;
  config.sam_width = 48;
  config.sam_layers = 2;
  config.sam_heads = 3;
  config.sam_global = {1};
  config.window = 6;  // does not divide the 16 x 16 grid: windows are padded
  config.neck = 20;
  config.compress1 = 28;
  config.image_size = 256;
  config.clip_width = 32;
  config.clip_heads = 2;
  config.clip_layers = 2;
  config.hidden = 64;
  config.layers = 2;
  config.heads = 2;
  config.intermediate = 96;
  Twin twin(config);
  torch::NoGradGuard no_grad;
  for (const auto& [name, weight] : twin.weights()) {  // nothing stays zero; all is exact in bf16
    torch::Tensor w = weight;
    w.add_(torch::randn_like(w) * 0.05);
    w.copy_(w.to(torch::kBFloat16).to(torch::kFloat32));
  }
  const Alphabet alphabet;
  const std::string folder =
      (fs::path(::testing::TempDir()) / ("quire_twin_" + std::to_string(::getpid()))).string();
  ASSERT_TRUE(export_twin(twin, alphabet, {}, folder).ok());
  const Result<Model> model = Model::open(folder);
  ASSERT_TRUE(model.ok()) << model.status().message();

  for (const int side : {256, 128}) {  // the native size, and one that resizes the tables
    const torch::Tensor pixels = torch::rand({1, 3, side, side}) * 2 - 1;
    Tensor input({3, side, side});
    std::copy_n(pixels.data_ptr<float>(), input.size(), input.data());
    const Twin::Vision vision = twin.encode(pixels);
    const Tensor tokens = model->encode(input);
    EXPECT_LT(relative_error(tokens.data(), vision.tokens), 1e-4) << side;

    // [BOS], the picture, a few characters.
    const torch::Tensor ids =
        torch::tensor({0, 40, 200, 70, 13, 75, 300}, torch::kLong).unsqueeze(0);
    const torch::Tensor picture = twin.assemble(vision.tokens);
    const torch::Tensor x = torch::cat({picture, twin.embed(ids)}, 1);
    const torch::Tensor logits = twin.logits(twin.decode(x).states);
    const std::size_t rows = static_cast<std::size_t>(x.size(1));
    Tensor stream({x.size(1), config.hidden}), scores({x.size(1), config.vocabulary});
    std::copy_n(x.contiguous().data_ptr<float>(), stream.size(), stream.data());
    KvCache cache(model->config().text);
    DecoderState state(model->config().text);
    const Segment segment[] = {{&cache, rows}};
    model->decode(segment, state, rows_of(stream));
    model->logits(rows_of(stream), state, rows_of(scores));
    EXPECT_LT(relative_error(scores.data(), logits), 1e-3) << side;
    EXPECT_LT(relative_error(scores.data(), logits), 1e-4)
        << "within the bar, but not as close as it was";

    const Tensor assembled = model->assemble(tokens);
    EXPECT_LT(relative_error(assembled.data(), picture), 1e-4);
  }

  // Every character is one token, and the tokenizer that was written agrees with the trainer's.
  const Result<Tokenizer> tokenizer = Tokenizer::load(folder + "/tokenizer.json");
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status().message();
  for (const char32_t c : alphabet.characters()) {
    const std::string text = encode_utf8(std::u32string(1, c));
    const auto encoded = tokenizer->encode(text);
    ASSERT_EQ(encoded.size(), 1u) << text;
    EXPECT_EQ(encoded[0], alphabet.token(c)) << text;
  }
  fs::remove_all(folder);
}

}  // namespace
}  // namespace quire::train
