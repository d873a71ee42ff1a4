#include "model/model.h"

#include <utility>

#include "model/clip.h"
#include "model/compressor.h"
#include "model/model_files.h"
#include "model/projector.h"
#include "model/sam.h"

namespace quire {
namespace {

// Views larger than this are refused: attention over all patches grows with the fourth power.
constexpr std::size_t kLargestSide = 4096;

}  // namespace

Result<Model> Model::open(const std::string& path) {
  Result<ModelFiles> files = ModelFiles::open(path);
  QUIRE_TRY(files);
  return load(std::move(files->config), files->tensors, files->storage);
}

Result<Model> Model::load(Config config, const TensorSet& set,
                          std::shared_ptr<const void> storage) {
  Result<Weights> weights = load_weights(config, set);
  if (!weights) return weights.status();
  Model model;
  model.config_ = std::move(config);
  model.weights_ = *std::move(weights);
  model.storage_ = std::move(storage);
  return model;
}

void Model::use_encoder_products(Products products) {
  const auto use = [=](EncoderBlock& block) {
    for (Affine* affine : {&block.qkv, &block.projection, &block.first, &block.second})
      affine->weight.products = products;
  };
  for (SamBlock& block : weights_.sam.blocks) use(block);
  for (EncoderBlock& block : weights_.clip.blocks) use(block);
  SamWeights& sam = weights_.sam;
  for (Weight* weight : {&sam.neck1, &sam.neck2.weight, &sam.net2.weight, &sam.net3.weight})
    weight->products = products;
}

void Model::use_int8() {
  const auto use = [this](Weight& weight) {
    const bool quantised = dtype_info(weight.dtype).block_elements > 1;
    if (quantised || config_.int8_decoder) weight.use_int8();
  };
  const auto use_all = [&](GatedMlp& mlp) {
    for (Weight* weight : {&mlp.gate, &mlp.up, &mlp.down}) use(*weight);
  };
  for (DecoderLayer& layer : weights_.text.layers) {
    for (Weight* weight : {&layer.q, &layer.k, &layer.v, &layer.o}) use(*weight);
    use_all(layer.dense);
    use_all(layer.shared);
    for (GatedMlp& expert : layer.experts) use_all(expert);
  }
  use(weights_.text.output);
}

Status Model::use_cache(DType type) {
  const std::size_t block = dtype_info(type).block_elements;
  if (config_.text.head_size() % block != 0) {
    return invalid("a cache of " + std::string(dtype_info(type).name) +
                   " takes heads of whole blocks of " + std::to_string(block) +
                   " values; this model's have " + std::to_string(config_.text.head_size()) +
                   ". A cache of F16 takes any");
  }
  config_.text.cache = type;
  return {};
}

Status Model::check_side(std::size_t side) const {
  if (side == 0 || side % config_.sam.patch != 0 || side > kLargestSide) {
    return invalid("a view must be a square with a side that is a multiple of " +
                   std::to_string(config_.sam.patch) + " pixels, at most " +
                   std::to_string(kLargestSide) + "; this one's side is " + std::to_string(side));
  }
  return {};
}

Tensor Model::encode(const Tensor& pixels, const Tap& tap) const {
  const auto side = static_cast<std::size_t>(pixels.shape.back());
  QUIRE_CHECK(check_side(side).ok());
  const std::size_t grid = side / config_.sam.patch;
  const Tensor map = run_sam(config_.sam, weights_.sam, pixels, tap);
  const Tensor features = compress(weights_.sam, map, grid, tap);
  const Tensor context =
      run_clip(config_.clip, weights_.clip, features, config_.token_side(side), tap);
  Tensor tokens = project(weights_.bridge, context, features);
  if (tap) tap("proj", tokens.shape, tokens.data());
  return tokens;
}

void Model::embed(std::span<const std::int32_t> ids, Rows out) const {
  const Weight& table = weights_.text.embedding;
  QUIRE_CHECK(out.rows == ids.size() && out.cols == table.cols);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    QUIRE_CHECK(ids[i] >= 0 && static_cast<std::size_t>(ids[i]) < table.rows);
    table.copy_row(static_cast<std::size_t>(ids[i]), out.row(i));
  }
}

}  // namespace quire
