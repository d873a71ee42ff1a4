#include "model/clip.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "model/encoder_block.h"
#include "op/add.h"
#include "op/resize_table.h"

namespace quire {
namespace {

// The table for side * side positions; the class token's row is never resized.
Tensor positions_for(const Tensor& table, std::size_t side) {
  const auto width = static_cast<std::size_t>(table.dim(1));
  const auto from =
      static_cast<std::size_t>(std::llround(std::sqrt(static_cast<double>(table.dim(0) - 1))));
  if (from == side) return table;
  Tensor resized({static_cast<std::int64_t>(1 + side * side), table.dim(1)});
  std::copy_n(table.data(), width, resized.data());
  resize_table_bicubic(table.data() + width, from, from, width, side, side, resized.data() + width);
  return resized;
}

}  // namespace

Tensor run_clip(const ClipConfig& config, const ClipWeights& weights, const Tensor& features,
                std::size_t side, const Tap& tap) {
  QUIRE_CHECK(features.size() == side * side * config.width);
  // x = pre_layrnorm([class | features] + positions)
  Tensor x = positions_for(weights.positions, side);
  add({weights.class_token.data(), 1, config.width}, rows_of(x).slice(0, 1));
  add(rows_of(features), rows_of(x).slice(1, side * side));
  layer_norm(rows_of(x), weights.norm, rows_of(x));
  if (tap) tap("clip.embed", x.shape, x.data());

  EncoderBuffers buffers;
  for (std::size_t i = 0; i < weights.blocks.size(); ++i) {
    run_block(weights.blocks[i], {.heads = config.heads, .height = 1, .width = rows_of(x).rows},
              Activation::kQuickGelu, buffers, rows_of(x));
    if (tap) tap("clip.layer." + std::to_string(i), x.shape, x.data());
  }
  if (tap) tap("clip", x.shape, x.data());
  return x;
}

}  // namespace quire
