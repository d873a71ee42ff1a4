// The twin: the model of src/model in libtorch, with the same tensor names, so that what is trained
// here is a checkpoint the engine opens. Only what small models use: every SAM block attends inside
// windows unless listed as global, views are square, decoder layers are dense (the engine runs them
// as "first_k_dense_replace >= num_hidden_layers").
//
// Formulas: architecture sections 5 (encoder) and 9 (decoder). Matrix products run in bf16 when
// `bf16` is set, everything that is summed over the depth of the network stays in float32.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "train/torch.h"

namespace quire::train {

// The block of vision tokens that the decoder reads at once; 0 columns: all of them.
struct PassShape {
  int rows = 1, columns = 2;
};

struct TwinConfig {
  // SAM
  int sam_width = 256, sam_layers = 3, sam_heads = 4, window = 8, neck = 256;
  std::vector<int> sam_global = {};
  int compress1 = 384;   // channels after net_2; net_3 ends at clip_width
  int image_size = 512;  // side for which the position tables are made
  // CLIP
  int clip_width = 512, clip_layers = 1, clip_heads = 8, clip_mlp_ratio = 2;
  // decoder
  int hidden = 512, layers = 3, heads = 8, intermediate = 1280;
  int vocabulary = 512;

  std::string config_json(int image_token, PassShape pass) const;  // the official layout
};

class Twin {
 public:
  explicit Twin(const TwinConfig& config);

  const TwinConfig& config() const { return config_; }
  // Official tensor name -> leaf tensor (float32; requires_grad unless it is never trained).
  const std::map<std::string, torch::Tensor>& weights() const { return weights_; }
  void to(torch::Device device);
  void set_bf16(bool on) { bf16_ = on; }

  struct Vision {
    torch::Tensor sam;     // (B, g, g, sam_width): after the last block
    torch::Tensor tokens;  // (B, q, q, hidden): projected vision tokens
  };
  // pixels (B, 3, S, S), normalised to [-1, 1]; S a multiple of 64.
  Vision encode(const torch::Tensor& pixels) const;

  // tokens (N, rows, q, hidden) -> (N, rows * (q + 1) + 1, hidden): a newline vector behind each
  // row, the separator at the end (section 6).
  torch::Tensor assemble(const torch::Tensor& tokens) const;

  torch::Tensor embed(const torch::Tensor& ids) const;  // (N, T) -> (N, T, hidden)
  struct Decoding {
    torch::Tensor first;   // (N, T, hidden): the residual stream after the first layer
    torch::Tensor states;  // (N, T, hidden): final, normed
  };
  Decoding decode(const torch::Tensor& embeddings) const;  // causal; embeddings (N, T, hidden)
  torch::Tensor logits(const torch::Tensor& states) const;

 private:
  torch::Tensor add(const std::string& name, torch::IntArrayRef shape, double std);
  const torch::Tensor& weight(const std::string& name) const { return weights_.at(name); }
  torch::Tensor low(const torch::Tensor& x) const;  // in the type that products are computed in
  torch::Tensor linear(const torch::Tensor& x, const std::string& name) const;  // float32 result
  torch::Tensor linear_low(const torch::Tensor& x, const std::string& name) const;
  torch::Tensor conv(const torch::Tensor& x, const std::string& name, int stride,
                     int padding) const;
  torch::Tensor layer_norm(const torch::Tensor& x, const std::string& name, double eps) const;
  torch::Tensor rms_norm(const torch::Tensor& x, const std::string& name) const;
  torch::Tensor sam_attention(const torch::Tensor& x, int block) const;

  TwinConfig config_;
  std::map<std::string, torch::Tensor> weights_;
  bool bf16_ = false;
};

}  // namespace quire::train
