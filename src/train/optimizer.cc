#include "train/optimizer.h"

#include <cmath>

namespace quire::train {
namespace {

// Matrices between hidden states. Embeddings and the output head are tables of rows, one for every
// token, and position tables one for every place: those belong to AdamW.
bool is_hidden_matrix(const std::string& name, const torch::Tensor& weight) {
  if (weight.dim() < 2) return false;
  for (const char* table :
       {"embed_tokens", "lm_head", "pos_embed", "rel_pos", "position_embedding", "head."}) {
    if (name.find(table) != std::string::npos) return false;
  }
  return true;
}

}  // namespace

torch::Tensor orthogonalize(const torch::Tensor& matrix) {
  // The quintic iteration of the Muon paper; its coefficients trade exactness for speed.
  constexpr double a = 3.4445, b = -4.7750, c = 2.0315;
  const bool tall = matrix.size(0) > matrix.size(1);
  torch::Tensor x = (tall ? matrix.t() : matrix).to(torch::kBFloat16);
  x = x / (x.to(torch::kFloat32).norm() + 1e-7).to(torch::kBFloat16);
  for (int i = 0; i < 5; ++i) {
    const torch::Tensor s = torch::matmul(x, x.t());
    x = a * x + torch::matmul(b * s + c * torch::matmul(s, s), x);
  }
  return (tall ? x.t() : x).to(torch::kFloat32);
}

Optimizer::Optimizer(std::map<std::string, torch::Tensor> parameters, OptimizerOptions options)
    : options_(options) {
  for (auto& [name, weight] : parameters) {
    if (!weight.requires_grad()) continue;
    Slot slot{name,
              weight,
              torch::zeros_like(weight),
              {},
              options_.muon && is_hidden_matrix(name, weight)};
    if (!slot.muon) slot.second = torch::zeros_like(weight);
    slots_.push_back(std::move(slot));
  }
}

void Optimizer::zero_grad() {
  for (Slot& slot : slots_) slot.weight.mutable_grad() = torch::Tensor();
}

double Optimizer::step(double lr) {
  torch::NoGradGuard no_grad;
  ++steps_;
  torch::Tensor square;
  for (const Slot& slot : slots_) {
    if (!slot.weight.grad().defined()) continue;
    const torch::Tensor s = slot.weight.grad().square().sum();
    square = square.defined() ? square + s : s;
  }
  if (!square.defined()) return 0;
  const double norm = std::sqrt(square.item<double>());
  const double scale = norm > options_.clip_norm ? options_.clip_norm / norm : 1.0;

  const double correct1 = 1 - std::pow(options_.beta1, steps_),
               correct2 = 1 - std::pow(options_.beta2, steps_);
  for (Slot& slot : slots_) {
    if (!slot.weight.grad().defined()) continue;
    torch::Tensor grad = slot.weight.grad();
    if (scale != 1.0) grad.mul_(scale);
    if (slot.muon) {
      slot.first.mul_(options_.muon_momentum).add_(grad);
      const torch::Tensor look_ahead = grad.add(slot.first, options_.muon_momentum);
      const torch::Tensor matrix = look_ahead.view({look_ahead.size(0), -1});
      const double shape = std::sqrt(
          std::max(1.0, static_cast<double>(matrix.size(0)) / static_cast<double>(matrix.size(1))));
      const double rate = lr * options_.muon_lr_ratio;
      slot.weight.mul_(1 - rate * options_.weight_decay);
      slot.weight.add_(orthogonalize(matrix).view_as(slot.weight), -rate * shape);
    } else {
      slot.first.mul_(options_.beta1).add_(grad, 1 - options_.beta1);
      slot.second.mul_(options_.beta2).addcmul_(grad, grad, 1 - options_.beta2);
      if (slot.weight.dim() >= 2) slot.weight.mul_(1 - lr * options_.weight_decay);
      const torch::Tensor denominator = (slot.second / correct2).sqrt_().add_(options_.eps);
      slot.weight.addcdiv_(slot.first, denominator, -lr / correct1);
    }
  }
  return norm;
}

std::map<std::string, torch::Tensor> Optimizer::state() const {
  std::map<std::string, torch::Tensor> state;
  for (const Slot& slot : slots_) {
    state["first." + slot.name] = slot.first;
    if (slot.second.defined()) state["second." + slot.name] = slot.second;
  }
  return state;
}

void Optimizer::load_state(const std::map<std::string, torch::Tensor>& state, long steps) {
  torch::NoGradGuard no_grad;
  steps_ = steps;
  for (Slot& slot : slots_) {
    if (const auto it = state.find("first." + slot.name); it != state.end())
      slot.first.copy_(it->second);
    const auto it = state.find("second." + slot.name);
    if (slot.second.defined() && it != state.end()) slot.second.copy_(it->second);
  }
}

}  // namespace quire::train
