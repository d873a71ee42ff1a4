#include "eval/cost.h"

#include <cmath>

#include "op/causal_attention.h"

namespace quire {
namespace {

double real(std::size_t n) { return static_cast<double>(n); }

// Linear layers of a transformer block, for one token.
double block_products(std::size_t width, std::size_t mlp_width) {
  return real(width) * (4 * real(width) + 2 * real(mlp_width));
}

double bytes_of(const Weight& weight) { return real(weight.rows) * real(weight.stride_bytes()); }
double bytes_of(const GatedMlp& mlp) {
  return bytes_of(mlp.gate) + bytes_of(mlp.up) + bytes_of(mlp.down);
}

}  // namespace

double encode_operations(const Config& config, std::size_t side) {
  const SamConfig& sam = config.sam;
  const ClipConfig& clip = config.clip;
  const double grid = real(side / sam.patch), tokens = grid * grid;
  double products = tokens * 3 * real(sam.patch * sam.patch * sam.width);
  for (std::size_t i = 0; i < sam.layers; ++i) {
    const double keys_side = sam.global[i] ? grid : real(sam.window);
    products += tokens * (block_products(sam.width, sam.mlp_width) +
                          2 * keys_side * keys_side * real(sam.width) +  // scores, mixing values
                          2 * keys_side * real(sam.width));              // relative positions
  }
  const double neck = real(sam.neck), half = std::ceil(grid / 2), quarter = std::ceil(half / 2);
  products += tokens * (real(sam.width) * neck + 9 * neck * neck);
  products += half * half * 9 * neck * real(sam.compress1);
  products += quarter * quarter * 9 * real(sam.compress1) * real(clip.width);

  const double pictures = quarter * quarter + 1;
  products += real(clip.layers) * pictures *
              (block_products(clip.width, clip.mlp_width) + 2 * pictures * real(clip.width));
  products += quarter * quarter * 2 * real(clip.width) * real(config.text.hidden);
  return 2 * products;
}

double decode_weight_bytes(const Config& config, const TextWeights& weights, std::size_t batch) {
  double bytes = bytes_of(weights.output);
  for (const DecoderLayer& layer : weights.layers) {
    bytes += bytes_of(layer.q) + bytes_of(layer.k) + bytes_of(layer.v) + bytes_of(layer.o);
    if (!layer.mixture) {
      bytes += bytes_of(layer.dense);
      continue;
    }
    const double experts = real(layer.experts.size());
    const double chosen = real(config.text.experts_per_token) / experts;
    const double touched = experts * (1 - std::pow(1 - chosen, real(batch)));
    bytes += bytes_of(layer.router) + touched * bytes_of(layer.experts.front());
    if (config.text.shared_experts > 0) bytes += bytes_of(layer.shared);
  }
  return bytes;
}

double cache_bytes(const TextConfig& config, std::size_t context) {
  return real(context) * 2 * real(config.layers * config.kv_heads) *
         real(cache_row_bytes(config.cache, config.head_size()));
}

}  // namespace quire
