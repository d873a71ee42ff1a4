// The transformer block that both encoders are made of (architecture.md, sections 5.1.3 and 5.2.3).
// They differ in who attends to whom and in the activation, nothing else.
#pragma once

#include "model/weights.h"
#include "op/linear.h"
#include "op/spatial_attention.h"

namespace quire {

// Buffers that all blocks of a view share.
struct EncoderBuffers {
  Tensor normed, mixed;  // (tokens, width)
  Tensor qkv;            // (tokens, 3 width)
  Tensor inner;          // (a block of tokens, mlp width)
};

// x (tokens, width): x += projection(attention(norm1 x)); x += second(activation(first(norm2 x))).
// `attention` lacks nothing but what the block's own weights fill in: the padding.
void run_block(const EncoderBlock& block, SpatialAttention attention, Activation activation,
               EncoderBuffers& buffers, Rows x);

}  // namespace quire
