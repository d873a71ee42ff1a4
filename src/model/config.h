// The blueprint of a model: every size and setting of config.json (architecture.md, section 2),
// read and checked once. The rest of the room takes all sizes from here; nothing is compiled in.
//
// Text keys are read from "language_config" first, then from the top level, then from the official
// defaults. Beside the official keys Quire reads the sizes that are constants of the official code
// (neck_channels, window_size, patch_size, image_size, mlp_ratio, image_token_id) and an object
// "quire" of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "tensor/tensor.h"

namespace quire {

struct SamConfig {
  std::size_t width = 0, layers = 0, heads = 0;
  std::size_t mlp_width = 0;
  std::size_t patch = 16;       // pixels
  std::size_t window = 14;      // patches; blocks not listed as global attend in windows
  std::size_t table_side = 64;  // patches a side that the position tables are made for
  std::vector<bool> global;     // (layers)
  std::size_t neck = 256;       // channels of the neck
  std::size_t compress1 = 0;    // channels after net_2; net_3 ends at the CLIP width
  float eps = 1e-6f;

  bool operator==(const SamConfig&) const = default;
};

struct ClipConfig {
  std::size_t width = 0, layers = 0, heads = 0;
  std::size_t mlp_width = 0;
  float eps = 1e-5f;

  bool operator==(const ClipConfig&) const = default;
};

struct TextConfig {
  std::size_t hidden = 0, layers = 0, heads = 0, kv_heads = 0;
  std::size_t intermediate = 0;      // width of dense feed-forwards
  std::size_t vocabulary = 0;        // rows of the embedding and of the output
  std::size_t max_positions = 8192;  // of prompt and answer together
  std::int32_t bos = 0, eos = 1;
  bool tied = false;  // the output is the embedding
  float eps = 1e-6f;
  double rope_theta = 10000.0;

  // Layers from first_mixture on, every mixture_period-th, are mixtures of experts. Where none is,
  // experts is 0 and first_mixture the number of layers.
  std::size_t first_mixture = 1, mixture_period = 1;
  std::size_t experts = 0, experts_per_token = 0, shared_experts = 0;
  std::size_t expert_width = 0;  // the shared experts are one MLP of shared_experts * expert_width
  bool normalize_weights = false;
  float weight_scale = 1.0f;

  // What a KvCache keeps keys and values in. No file says it; Model::use_cache() sets it.
  DType cache = DType::kF32;

  std::size_t head_size() const { return hidden / heads; }
  bool is_mixture(std::size_t layer) const {
    return experts > 0 && layer >= first_mixture && layer % mixture_period == 0;
  }

  bool operator==(const TextConfig&) const = default;
};

struct Config {
  SamConfig sam;
  ClipConfig clip;
  TextConfig text;
  std::int32_t image_token = 128815;

  // Blocks of vision tokens that one decoder pass reads (infer/reader.h); 0: all of them.
  std::size_t rows_per_pass = 0, columns_per_pass = 0;
  // Model::use_int8() is for all weights of the decoder, not only for those stored in blocks.
  bool int8_decoder = false;
  // True where the file has a "quire" object: a model that reads pages without a text prompt.
  bool reads_in_passes = false;

  // Vision tokens along the side of a view of `side` pixels: two convolutions of stride 2 after the
  // patches, each rounding up.
  std::size_t token_side(std::size_t side) const { return (side / sam.patch + 3) / 4; }

  // DIR/config.json. Errors name the file, the key, and what the value must be.
  static Result<Config> load(const std::string& directory);
  static Result<Config> parse(std::string_view json);

  bool operator==(const Config&) const = default;
};

}  // namespace quire
