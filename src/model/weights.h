// The weights of a model: one struct for each block, a shape beside every tensor. Matrices are
// views of the mapped file (op/weight.h); vectors and small tables are float32 copies. Constant
// once loaded.
#pragma once

#include <vector>

#include "base/status.h"
#include "model/config.h"
#include "model/tensor_reader.h"
#include "op/conv2d.h"
#include "op/gated_mlp.h"
#include "op/norm.h"
#include "op/weight.h"
#include "tensor/tensor.h"

namespace quire {

struct Affine {
  Weight weight;            // (out, in)
  std::vector<float> bias;  // (out)
};

// A transformer block of either encoder: x += attention(norm1 x); x += second(act(first(norm2 x))).
struct EncoderBlock {
  Norm norm1, norm2;     // (width)
  Affine qkv;            // (3 width, width)
  Affine projection;     // (width, width)
  Affine first, second;  // (mlp width, width), (width, mlp width)
};

struct SamBlock : EncoderBlock {
  bool global = false;  // attends to the whole grid
  Tensor rel_h, rel_w;  // (2 window - 1, head size); any number of rows when global
};

struct SamWeights {
  Affine patches;    // (width, 3 * patch * patch)
  Tensor positions;  // (table side, table side, width)
  std::vector<SamBlock> blocks;
  Weight neck1;       // (neck, width), a 1x1 convolution
  Norm neck1_norm;    // (neck)
  Conv2d neck2;       // 3x3, neck -> neck
  Norm neck2_norm;    // (neck)
  Conv2d net2, net3;  // 3x3 of stride 2: neck -> compress1 -> CLIP width
};

struct ClipWeights {
  std::vector<float> class_token;  // (width)
  Tensor positions;                // (1 + n * n, width), the class token's row first
  Norm norm;                       // (width), before the blocks
  std::vector<EncoderBlock> blocks;
};

struct BridgeWeights {
  Affine projector;              // (hidden, 2 * CLIP width), of [CLIP | SAM]
  std::vector<float> newline;    // (hidden), after each row of tokens
  std::vector<float> separator;  // (hidden), at the end of a picture
};

struct DecoderLayer {
  Norm attention_norm, mlp_norm;  // (hidden)
  Weight q, k, v;                 // (hidden or kv_heads * head size, hidden)
  Weight o;                       // (hidden, hidden)
  bool mixture = false;
  GatedMlp dense;  // when not a mixture
  Weight router;   // (experts, hidden)
  std::vector<GatedMlp> experts;
  GatedMlp shared;  // when the config has shared experts
};

struct TextWeights {
  Weight embedding;  // (vocabulary, hidden)
  std::vector<DecoderLayer> layers;
  Norm norm;      // (hidden)
  Weight output;  // (vocabulary, hidden)
};

struct Weights {
  SamWeights sam;
  ClipWeights clip;
  BridgeWeights bridge;
  TextWeights text;
};

// All tensors under their official names (architecture.md, section 3). Errors name the set, the
// tensor, and both shapes.
Result<Weights> load_weights(const Config& config, const TensorSet& set);

}  // namespace quire
