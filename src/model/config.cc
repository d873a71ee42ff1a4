#include "model/config.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "format/json.h"

namespace quire {
namespace {

// What a file may claim. Far above any real model, and low enough that no product of two overflows.
constexpr IntRange kWidth{1, 1 << 20}, kLayers{0, 4096}, kTokens{1, 1 << 26};

// Reads keys from the first of a few objects that has them, and keeps the first error.
class Keys {
 public:
  explicit Keys(std::vector<const Json*> objects) : objects_(std::move(objects)) {}

  std::size_t size(const char* key, IntRange range, std::optional<std::int64_t> fallback = {}) {
    return static_cast<std::size_t>(
        take(get_int(having(key), key, fallback, range), std::int64_t{1}));
  }
  std::int32_t id(const char* key, std::int64_t fallback) {
    return static_cast<std::int32_t>(take(get_int(having(key), key, fallback), std::int64_t{0}));
  }
  double number(const char* key, double fallback) {
    return take(get_number(having(key), key, fallback), 1.0);
  }
  bool flag(const char* key, bool fallback) {
    return take(get_bool(having(key), key, fallback), false);
  }
  std::vector<std::int64_t> list(const char* key, IntRange range) {
    return take(get_ints(having(key), key, {}, range), {});
  }

  // Settings that Quire has one answer for.
  void only(const char* key, const std::string& value) {
    const std::string found = take(get_string(having(key), key, value), value);
    if (found != value)
      fail(unsupported(std::string("\"") + key + "\" is \"" + found +
                       "\"; Quire runs models with \"" + value + "\" only"));
  }
  void absent(const char* key) {
    if (find_key(having(key), key))
      fail(unsupported(std::string("\"") + key + "\" is set; Quire runs models without it"));
  }

  void fail(Status status) {
    if (status_.ok()) status_ = std::move(status);
  }
  const Status& status() const { return status_; }

 private:
  const Json& having(const char* key) const {
    for (const Json* object : objects_) {
      if (find_key(*object, key)) return *object;
    }
    return *objects_.back();
  }
  template <typename T>
  T take(Result<T> result, T otherwise) {
    if (result) return *std::move(result);
    fail(result.status());
    return otherwise;
  }

  std::vector<const Json*> objects_;
  Status status_;
};

const Json& object_at(const Json& parent, const char* key) {
  static const Json empty = Json::object();
  const Json* found = find_key(parent, key);
  return found && found->is_object() ? *found : empty;
}

std::size_t mlp_width(Keys& keys, std::size_t width) {
  const double ratio = keys.number("mlp_ratio", 4.0);
  if (!(ratio > 0 && ratio <= 64)) keys.fail(invalid("\"mlp_ratio\" must lie between 0 and 64"));
  return ratio > 0 && ratio <= 64
             ? static_cast<std::size_t>(std::llround(ratio * static_cast<double>(width)))
             : 1;
}

void check_heads(Keys& keys, std::size_t width, std::size_t heads, const char* what) {
  if (width % heads != 0) {
    keys.fail(invalid(std::string("the ") + what + " width " + std::to_string(width) +
                      " is not a multiple of its " + std::to_string(heads) + " heads"));
  }
}

Status read_sam(const Json& vision, SamConfig& sam, std::size_t clip_width) {
  Keys keys({&object_at(object_at(vision, "width"), "sam_vit_b")});
  sam.width = keys.size("width", kWidth);
  sam.layers = keys.size("layers", kLayers);
  sam.heads = keys.size("heads", kWidth);
  check_heads(keys, sam.width, sam.heads, "SAM");
  sam.mlp_width = mlp_width(keys, sam.width);
  sam.neck = keys.size("neck_channels", kWidth, 256);
  sam.window = keys.size("window_size", {1, 4096}, 14);
  sam.patch = keys.size("patch_size", {1, 4096}, 16);
  const std::size_t image = keys.size("image_size", {1, 65536}, 1024);
  if (image % sam.patch != 0)
    keys.fail(invalid("\"image_size\" is not a multiple of \"patch_size\""));
  sam.table_side = std::max<std::size_t>(1, image / sam.patch);

  sam.global.assign(sam.layers, false);
  for (std::int64_t index : keys.list("global_attn_indexes", {0, kLayers.max})) {
    if (static_cast<std::size_t>(index) < sam.layers) {
      sam.global[static_cast<std::size_t>(index)] = true;
    } else {
      keys.fail(invalid("\"global_attn_indexes\" names block " + std::to_string(index) + " of " +
                        std::to_string(sam.layers)));
    }
  }
  const auto channels = keys.list("downsample_channels", kWidth);
  if (channels.size() != 2 || static_cast<std::size_t>(channels[1]) != clip_width) {
    keys.fail(invalid("\"downsample_channels\" must be two numbers, the second the CLIP width " +
                      std::to_string(clip_width)));
  } else {
    sam.compress1 = static_cast<std::size_t>(channels[0]);
  }
  return keys.status().at("vision_config.width.sam_vit_b");
}

Status read_clip(const Json& vision, ClipConfig& clip) {
  Keys keys({&object_at(object_at(vision, "width"), "clip-l-14-224")});
  clip.width = keys.size("width", kWidth);
  clip.layers = keys.size("layers", kLayers);
  clip.heads = keys.size("heads", kWidth);
  check_heads(keys, clip.width, clip.heads, "CLIP");
  clip.mlp_width = mlp_width(keys, clip.width);
  return keys.status().at("vision_config.width.clip-l-14-224");
}

void read_mixture(Keys& keys, TextConfig& text) {
  text.experts = keys.size("n_routed_experts", {0, 65536}, 0);
  text.first_mixture = keys.size("first_k_dense_replace", {0, 1 << 20}, 0);
  text.mixture_period = keys.size("moe_layer_freq", {1, 4096}, 1);
  bool any = false;
  for (std::size_t i = 0; i < text.layers; ++i) any = any || text.is_mixture(i);
  if (!any) {  // their keys may hold anything
    text.experts = 0;
    text.first_mixture = text.layers;
    text.mixture_period = 1;
    return;
  }
  text.experts_per_token =
      keys.size("num_experts_per_tok", {1, static_cast<std::int64_t>(text.experts)});
  text.shared_experts = keys.size("n_shared_experts", {0, 65536}, 0);
  text.expert_width = keys.size("moe_intermediate_size", kWidth);
  text.normalize_weights = keys.flag("norm_topk_prob", false);
  text.weight_scale = static_cast<float>(keys.number("routed_scaling_factor", 1.0));
  keys.only("scoring_func", "softmax");
  keys.only("topk_method", "greedy");
}

Status read_text(const Json& file, TextConfig& text) {
  Keys keys({&object_at(file, "language_config"), &file});
  text.hidden = keys.size("hidden_size", kWidth);
  text.layers = keys.size("num_hidden_layers", kLayers);
  text.heads = keys.size("num_attention_heads", kWidth);
  text.kv_heads = keys.size("num_key_value_heads", kWidth, static_cast<std::int64_t>(text.heads));
  check_heads(keys, text.hidden, text.heads, "decoder");
  if (text.heads % text.kv_heads != 0)
    keys.fail(invalid("\"num_key_value_heads\" does not divide the heads"));
  if (text.hidden / text.heads % 2 != 0)
    keys.fail(invalid("the decoder's head size must be even, for rotary positions"));
  text.intermediate = keys.size("intermediate_size", kWidth);
  text.vocabulary = keys.size("vocab_size", kTokens);
  text.max_positions = keys.size("max_position_embeddings", kTokens, 8192);
  text.bos = keys.id("bos_token_id", 0);
  text.eos = keys.id("eos_token_id", 1);
  for (const std::int32_t id : {text.bos, text.eos}) {
    if (static_cast<std::size_t>(id) >= text.vocabulary) {
      keys.fail(invalid("special token " + std::to_string(id) + " is outside the vocabulary"));
    }
  }
  text.tied = keys.flag("tie_word_embeddings", false);
  text.eps = static_cast<float>(keys.number("rms_norm_eps", 1e-6));
  text.rope_theta = keys.number("rope_theta", 10000.0);
  if (!(text.eps > 0) || !(text.rope_theta > 1)) {
    keys.fail(invalid("\"rms_norm_eps\" must be positive and \"rope_theta\" above 1"));
  }
  read_mixture(keys, text);

  keys.only("hidden_act", "silu");
  keys.absent("rope_scaling");
  for (const char* key : {"use_mla", "attention_bias"}) {
    if (keys.flag(key, false))
      keys.fail(unsupported(std::string("\"") + key + "\" is true; Quire runs models without it"));
  }
  return keys.status().at("language_config");
}

Result<Config> from_json(const Json& file) {
  if (!file.is_object()) return invalid("not a JSON object");
  Config config;
  const Json& vision = object_at(file, "vision_config");
  QUIRE_TRY(read_clip(vision, config.clip));
  QUIRE_TRY(read_sam(vision, config.sam, config.clip.width));
  QUIRE_TRY(read_text(file, config.text));

  Keys top({&file});
  config.image_token = top.id("image_token_id", 128815);
  top.only("tile_tag", "2D");
  QUIRE_TRY(top.status());

  const Json& projector = object_at(file, "projector_config");
  Keys bridge({&projector});
  bridge.only("projector_type", "linear");
  const std::size_t in =
      bridge.size("input_dim", kWidth, static_cast<std::int64_t>(2 * config.clip.width));
  const std::size_t out =
      bridge.size("n_embed", kWidth, static_cast<std::int64_t>(config.text.hidden));
  if (in != 2 * config.clip.width || out != config.text.hidden) {
    bridge.fail(
        invalid("the projector must lead from twice the CLIP width to the decoder's hidden size"));
  }
  QUIRE_TRY(bridge.status().at("projector_config"));

  if (const Json* own = find_key(file, "quire")) {
    Keys keys({own});
    config.reads_in_passes = true;
    config.rows_per_pass = keys.size("rows_per_pass", {0, 4096}, 0);
    config.columns_per_pass = keys.size("columns_per_pass", {0, 4096}, 0);
    config.int8_decoder = keys.flag("int8_decoder", false);
    QUIRE_TRY(keys.status().at("quire"));
  }
  return config;
}

}  // namespace

Result<Config> Config::parse(std::string_view json) {
  const Result<Json> file = parse_json(json);
  if (!file) return file.status();
  return from_json(*file);
}

Result<Config> Config::load(const std::string& directory) {
  const std::string path = directory + "/config.json";
  const Result<Json> file = read_json(path);
  if (!file) return file.status();
  Result<Config> config = from_json(*file);
  return config ? std::move(config) : Result<Config>(config.status().at(path));
}

}  // namespace quire
