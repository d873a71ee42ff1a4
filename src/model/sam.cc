#include "model/sam.h"

#include <string>

#include "model/encoder_block.h"
#include "op/conv2d.h"
#include "op/resize_table.h"

namespace quire {
namespace {

// The position table for a grid of this side.
Tensor positions_for(const Tensor& table, std::size_t side) {
  const auto from = static_cast<std::size_t>(table.dim(1)),
             width = static_cast<std::size_t>(table.dim(3));
  if (from == side) return table;
  Tensor resized({table.dim(0), static_cast<std::int64_t>(side), static_cast<std::int64_t>(side),
                  table.dim(3)});
  resize_table_bicubic(table.data(), from, from, width, side, side, resized.data());
  return resized;
}

// A relative-position table for windows of this side: 2 side - 1 rows.
Tensor relative_for(const Tensor& table, std::size_t side) {
  const auto rows = static_cast<std::size_t>(table.dim(0)),
             width = static_cast<std::size_t>(table.dim(1));
  if (rows == 2 * side - 1) return table;
  Tensor resized({static_cast<std::int64_t>(2 * side - 1), table.dim(1)});
  resize_rows_linear(table.data(), rows, width, 2 * side - 1, resized.data());
  return resized;
}

}  // namespace

Tensor run_sam(const SamConfig& config, const SamWeights& weights, const Tensor& pixels,
               const Tap& tap) {
  const auto side = static_cast<std::size_t>(pixels.dim(1)), grid = side / config.patch;
  QUIRE_CHECK(pixels.dim(0) == 3 && pixels.dim(2) == pixels.dim(1) && grid > 0 &&
              side % config.patch == 0);
  const Shape shape = {static_cast<std::int64_t>(grid), static_cast<std::int64_t>(grid),
                       static_cast<std::int64_t>(config.width)};

  // x = patch_embed(pixels) + pos_embed
  Tensor x = positions_for(weights.positions, grid);
  {
    Tensor patches;
    cut_patches(pixels.data(), 3, side, config.patch,
                resize(patches, grid * grid, 3 * config.patch * config.patch));
    linear(rows_of(patches), weights.patches.weight,
           {.bias = weights.patches.bias.data(), .accumulate = true}, rows_of(x));
  }
  if (tap) tap("sam.embed", shape, x.data());

  EncoderBuffers buffers;
  for (std::size_t i = 0; i < weights.blocks.size(); ++i) {
    const SamBlock& block = weights.blocks[i];
    const std::size_t window = block.global ? 0 : config.window;
    const Tensor rel_h = relative_for(block.rel_h, block.global ? grid : window);
    const Tensor rel_w = relative_for(block.rel_w, block.global ? grid : window);
    run_block(block,
              {.heads = config.heads,
               .height = grid,
               .width = grid,
               .window = window,
               .rel_h = &rel_h,
               .rel_w = &rel_w},
              Activation::kGelu, buffers, rows_of(x));
    if (tap) tap("sam.block." + std::to_string(i), shape, x.data());
  }
  x.shape = {static_cast<std::int64_t>(grid * grid), static_cast<std::int64_t>(config.width)};
  return x;
}

}  // namespace quire
