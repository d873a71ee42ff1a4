// Two optimisers behind one step(): Muon for the matrices inside the network, AdamW for the rest
// (embeddings, output head, norms, biases, position tables).
//
// Muon (K. Jordan and others, 2024) replaces the momentum of a weight matrix by the nearest
// orthogonal matrix, found by five Newton-Schulz steps, so that every direction learns at the same
// rate. docs/lab-notes.md has the comparison with AdamW alone.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "train/torch.h"

namespace quire::train {

struct OptimizerOptions {
  bool muon = true;
  double muon_lr_ratio = 10.0;  // Muon's learning rate as a multiple of AdamW's
  double muon_momentum = 0.95;
  double beta1 = 0.9, beta2 = 0.98, eps = 1e-8;
  double weight_decay = 0.01;  // on matrices only
  double clip_norm = 1.0;      // gradients of larger norm are scaled down to it
};

class Optimizer {
 public:
  // The tensors are shared, not copied; those that require no gradient are left alone.
  Optimizer(std::map<std::string, torch::Tensor> parameters, OptimizerOptions options);

  void zero_grad();
  // One update at this AdamW learning rate; returns the norm of the gradient before clipping.
  double step(double lr);

  // Everything that must survive a restart, by name.
  std::map<std::string, torch::Tensor> state() const;
  void load_state(const std::map<std::string, torch::Tensor>& state, long steps);

 private:
  struct Slot {
    std::string name;
    torch::Tensor weight, first, second;  // `second` is undefined for Muon
    bool muon = false;
  };
  std::vector<Slot> slots_;
  OptimizerOptions options_;
  long steps_ = 0;
};

// The orthogonal factor of a matrix, approximately: singular values end within about [0.7, 1.2].
torch::Tensor orthogonalize(const torch::Tensor& matrix);

}  // namespace quire::train
