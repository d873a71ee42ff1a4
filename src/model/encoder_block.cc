#include "model/encoder_block.h"

#include <algorithm>

namespace quire {
namespace {

// Tokens whose inner values are held at a time: 50 MB in the official model, all of a 1024-pixel
// view's. The weights are packed anew for each such part.
constexpr std::size_t kTokens = 4096;

}  // namespace

void run_block(const EncoderBlock& block, SpatialAttention attention, Activation activation,
               EncoderBuffers& buffers, Rows x) {
  const Rows normed = resize(buffers.normed, x.rows, x.cols);
  const Rows mixed = resize(buffers.mixed, x.rows, x.cols);
  const Rows qkv = resize(buffers.qkv, x.rows, 3 * x.cols);

  layer_norm(x, block.norm1, normed);
  linear(normed, block.qkv.weight, {.bias = block.qkv.bias.data()}, qkv);
  attention.padding = block.qkv.bias.data();  // of a token of zeros
  attention.products = block.qkv.weight.products;
  spatial_attention(qkv, attention, mixed);
  linear(mixed, block.projection.weight, {.bias = block.projection.bias.data(), .accumulate = true},
         x);

  layer_norm(x, block.norm2, normed);
  for (std::size_t from = 0; from < x.rows; from += kTokens) {
    const std::size_t count = std::min(kTokens, x.rows - from);
    const Rows inner = resize(buffers.inner, count, block.first.weight.rows);
    linear(normed.slice(from, count), block.first.weight,
           {.bias = block.first.bias.data(), .activation = activation}, inner);
    linear(inner, block.second.weight, {.bias = block.second.bias.data(), .accumulate = true},
           x.slice(from, count));
  }
}

}  // namespace quire
