#include "train/heads.h"

#include <cmath>

namespace quire::train {

using torch::Tensor;

GlyphHeads::Score classify(const Tensor& logits, const Tensor& target, bool skip_space) {
  const Tensor flat = target.reshape(-1);
  const Tensor rows = logits.reshape({flat.size(0), -1});
  GlyphHeads::Score score;
  score.loss = torch::nn::functional::cross_entropy(
      rows, flat, torch::nn::functional::CrossEntropyFuncOptions().ignore_index(-100));
  torch::NoGradGuard no_grad;
  const Tensor asked = skip_space ? flat > 1 : flat >= 0;
  const Tensor right = (rows.argmax(1) == flat) & asked;
  score.accuracy = right.sum().to(torch::kFloat32) / asked.sum().clamp_min(1);
  return score;
}

GlyphHeads::GlyphHeads(const TwinConfig& config, int classes) : classes_(classes) {
  const auto add = [&](const char* name, torch::IntArrayRef shape, double std) {
    weights_[name] = (torch::randn(shape) * std).set_requires_grad(true);
  };
  add("head.patches.weight", {4 * classes, config.sam_width},
      1.0 / std::sqrt(static_cast<double>(config.sam_width)));
  add("head.patches.bias", {4 * classes}, 0);
  add("head.slots.weight", {kMaxRows, kMaxAcross, classes, config.hidden},
      1.0 / std::sqrt(static_cast<double>(config.hidden)));
  add("head.slots.bias", {kMaxRows, kMaxAcross, classes}, 0);
  add("head.places.weight", {kPlaces, config.hidden},
      1.0 / std::sqrt(static_cast<double>(config.hidden)));
  add("head.places.bias", {kPlaces}, 0);
}

void GlyphHeads::to(torch::Device device) {
  for (auto& [name, tensor] : weights_) tensor = tensor.detach().to(device).set_requires_grad(true);
}

GlyphHeads::Score GlyphHeads::patches(const Tensor& sam, const Tensor& target) const {
  const Tensor x = sam.reshape({-1, sam.size(-1)});
  const Tensor y = torch::matmul(x.to(torch::kBFloat16),
                                 weights_.at("head.patches.weight").to(torch::kBFloat16).t());
  return classify(y.to(torch::kFloat32).add(weights_.at("head.patches.bias")).view({-1, classes_}),
                  target, true);
}

GlyphHeads::Score GlyphHeads::slots(const Tensor& tokens, const Tensor& target,
                                    Density density) const {
  const auto used = [&](const char* name) {
    return weights_.at(name).slice(0, 0, density.rows).slice(1, 0, density.across).flatten(0, 2);
  };
  const Tensor x = tokens.reshape({-1, tokens.size(-1)});
  const Tensor y =
      torch::matmul(x.to(torch::kBFloat16), used("head.slots.weight").to(torch::kBFloat16).t());
  return classify(y.to(torch::kFloat32).add(used("head.slots.bias")).view({-1, classes_}), target,
                  true);
}

GlyphHeads::Score GlyphHeads::places(const Tensor& first, const Tensor& target) const {
  // Scaled as the decoder's own norms would, so that a growing stream does not win by size.
  const Tensor x = first * torch::rsqrt(first.square().mean(-1, true) + 1e-6);
  const Tensor y =
      torch::linear(x, weights_.at("head.places.weight"), weights_.at("head.places.bias"));
  return classify(y.view({-1, kPlaces}), target, false);
}

}  // namespace quire::train
