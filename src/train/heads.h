// Dense glyph supervision. The page was drawn, so every glyph's place is known; linear heads on the
// encoder's features are asked to name them. The heads are thrown away after training, what they
// taught the encoder stays. Three of them:
//
// - patches: on the last SAM features, which character covers the centre of each quarter of a
// patch;
// - slots: on the vision tokens the decoder gets, every character a token holds, by its row and
//   column inside the token. Slot (a, b) has the same weights at every density;
// - places: on the decoder's stream after its first layer, where in the block stands the character
//   that it is to say next. A decoder has to find its place before it can unpack a token, and this
//   loss tells it so long before the reading gets better.
#pragma once

#include <map>
#include <string>

#include "train/data_engine.h"
#include "train/torch.h"
#include "train/twin.h"

namespace quire::train {

inline constexpr int kMaxAcross = 10, kMaxRows = 6;  // slots that the head has weights for

class GlyphHeads {
 public:
  GlyphHeads(const TwinConfig& config, int classes);

  const std::map<std::string, torch::Tensor>& weights() const { return weights_; }
  void to(torch::Device device);

  struct Score {
    torch::Tensor loss;      // mean cross entropy
    torch::Tensor accuracy;  // of the non-space places
  };
  Score patches(const torch::Tensor& sam, const torch::Tensor& target) const;
  Score slots(const torch::Tensor& tokens, const torch::Tensor& target, Density density) const;
  // first (passes, L, hidden), target (passes, L) as in Batch::places.
  Score places(const torch::Tensor& first, const torch::Tensor& target) const;

 private:
  std::map<std::string, torch::Tensor> weights_;
  int classes_;
};

// Cross entropy with `ignore` (-100) left out, and the accuracy where something was asked. With
// skip_space the accuracy looks only at classes above 1 (the alphabet's space).
GlyphHeads::Score classify(const torch::Tensor& logits, const torch::Tensor& target,
                           bool skip_space);

}  // namespace quire::train
