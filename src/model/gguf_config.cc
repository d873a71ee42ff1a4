#include "model/gguf_config.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "format/json.h"

namespace quire {
namespace {

constexpr IntRange kSize{0, 1 << 30};
// What the official code does not read from config.json (architecture.md, section 2).
constexpr std::int64_t kNeck = 256, kWindow = 14, kPatch = 16, kImage = 1024, kImageToken = 128815;
constexpr double kMlpRatio = 4;

// One file's keys and shapes; keeps the first error.
class Half {
 public:
  Half(const GgufFile& file, const std::string& path) : file_(file), path_(path) {}

  std::int64_t size(const std::string& key, std::optional<std::int64_t> fallback = {}) {
    return take(file_.get_int(key, fallback, kSize), std::int64_t{1});
  }
  double number(const std::string& key, std::optional<double> fallback = {}) {
    return take(file_.get_number(key, fallback), 1.0);
  }
  bool flag(const std::string& key, bool fallback) {
    return take(file_.get_bool(key, fallback), fallback);
  }
  // Settings that Quire has one answer for.
  void only(const std::string& key, const std::string& value) {
    const std::string found = take(file_.get_string(key, value), value);
    if (found != value)
      fail(unsupported("\"" + key + "\" is \"" + found.substr(0, 80) +
                       "\"; Quire runs models with \"" + value + "\" only"));
  }
  void at_most_one(const std::string& key) {
    if (size(key, 1) > 1)
      fail(unsupported("\"" + key + "\" is more than 1; Quire knows no groups"));
  }
  void halves(const std::string& key) {
    if (!file_.find_value(key)) return;
    for (const double value : take(file_.get_numbers(key), std::span<const double>())) {
      if (value != 0.5) fail(unsupported("\"" + key + "\" is not 0.5 three times"));
    }
  }

  // Row-major; axis -1 is the last.
  std::int64_t axis(const std::string& tensor, std::ptrdiff_t index) {
    const TensorView view = take(file_.find(tensor), TensorView{DType::kF32, {1, 1, 1, 1}, {}});
    const auto dims = std::ssize(view.shape);
    const std::ptrdiff_t at = index < 0 ? dims + index : index;
    if (at >= 0 && at < dims) return view.shape[static_cast<std::size_t>(at)];
    fail(invalid("the tensor \"" + tensor + "\" has the shape " + to_string(view.shape)));
    return 1;
  }

  void fail(const Status& status) {
    if (status_.ok()) status_ = status.at(path_);
  }
  const Status& status() const { return status_; }
  const GgufFile& file() const { return file_; }

 private:
  template <typename T>
  T take(Result<T> result, T otherwise) {
    if (result) return *std::move(result);
    fail(result.status());
    return otherwise;
  }

  const GgufFile& file_;
  const std::string& path_;
  Status status_;
};

// Extension keys stand only where the model is not of the official size.
template <typename T>
void put_unless(Json& object, const char* key, T value, T official) {
  if (value != official) object[key] = value;
}

Json language_config(Half& in) {
  const std::string prefix = std::string(kLanguageArchitecture) + ".";
  Json c;
  c["architectures"] = {"DeepseekV2ForCausalLM"};
  c["torch_dtype"] = "bfloat16";
  c["hidden_size"] = in.size(prefix + "embedding_length");
  c["num_hidden_layers"] = in.size(prefix + "block_count");
  const std::int64_t heads = in.size(prefix + "attention.head_count");
  c["num_attention_heads"] = heads;
  c["num_key_value_heads"] = in.size(prefix + "attention.head_count_kv", heads);
  c["intermediate_size"] = in.size(prefix + "feed_forward_length");
  c["vocab_size"] = in.axis("token_embd.weight", 0);
  c["max_position_embeddings"] = in.size(prefix + "context_length", 8192);
  c["bos_token_id"] = in.size("tokenizer.ggml.bos_token_id", 0);
  c["eos_token_id"] = in.size("tokenizer.ggml.eos_token_id", 1);
  // Compared as what the file holds: the float nearest to 1e-6 is not the double.
  put_unless(c, "rms_norm_eps",
             static_cast<float>(in.number(prefix + "attention.layer_norm_rms_epsilon")), 1e-6f);
  put_unless(c, "rope_theta", in.number(prefix + "rope.freq_base", 10000.0), 10000.0);
  put_unless(c, "tie_word_embeddings", !in.file().contains("output.weight"), false);
  in.only(prefix + "rope.scaling.type", "none");

  const std::int64_t experts = in.size(prefix + "expert_count", 0);
  c["n_routed_experts"] = experts;
  c["num_experts_per_tok"] = in.size(prefix + "expert_used_count", experts > 0 ? 1 : 0);
  c["n_shared_experts"] = in.size(prefix + "expert_shared_count", 0);
  c["moe_intermediate_size"] = in.size(prefix + "expert_feed_forward_length", 0);
  c["first_k_dense_replace"] = in.size(prefix + "leading_dense_block_count", 0);
  put_unless(c, "norm_topk_prob", in.flag(prefix + "expert_weights_norm", false), false);
  const double scale = in.number(prefix + "expert_weights_scale", 1.0);
  put_unless(c, "routed_scaling_factor", scale == 0 ? 1.0 : scale, 1.0);  // 0 means absent
  if (in.size(prefix + "expert_gating_func", 0) > 1) {
    in.fail(unsupported("\"" + prefix + "expert_gating_func\" is not softmax (0 or 1)"));
  }
  in.at_most_one(prefix + "expert_group_count");
  c["topk_method"] = "greedy";
  c["n_group"] = c["topk_group"] = 1;
  c["use_mla"] = false;
  return c;
}

Json sam_config(Half& in) {
  const std::int64_t width = in.size("clip.vision.sam.embedding_length");
  const std::int64_t layers = in.size("clip.vision.sam.block_count");
  const std::int64_t window = in.size("clip.vision.window_size", kWindow);
  const std::int64_t patch = in.axis("v.sam.patch_embd.weight", -1);
  std::vector<std::int64_t> global;
  for (std::int64_t i = 0; i < layers && in.status().ok(); ++i) {
    const std::string table = "v.sam.blk." + std::to_string(i) + ".attn.pos_h.weight";
    if (in.axis(table, 0) != 2 * window - 1) global.push_back(i);
  }
  Json c = {{"width", width},
            {"layers", layers},
            {"heads", in.size("clip.vision.sam.head_count")},
            {"global_attn_indexes", global},
            {"downsample_channels",
             {in.axis("v.sam.net_2.weight", 0), in.axis("v.sam.net_3.weight", 0)}}};
  put_unless(c, "neck_channels", in.axis("v.sam.neck.0.weight", 0), kNeck);
  put_unless(c, "window_size", window, kWindow);
  put_unless(c, "patch_size", patch, kPatch);
  put_unless(c, "image_size", in.axis("v.sam.pos_embd.weight", -2) * patch, kImage);
  if (layers > 0) {
    const std::int64_t inner = in.axis("v.sam.blk.0.mlp.lin1.weight", 0);
    put_unless(c, "mlp_ratio", static_cast<double>(inner) / static_cast<double>(width), kMlpRatio);
  }
  return c;
}

Json clip_config(Half& in) {
  const std::int64_t width = in.size("clip.vision.embedding_length");
  const std::int64_t layers = in.size("clip.vision.block_count");
  Json c = {{"width", width},
            {"layers", layers},
            {"heads", in.size("clip.vision.attention.head_count")},
            {"image_size", 224},
            {"patch_size", 14}};
  if (layers > 0) {
    const std::int64_t inner = in.axis("v.blk.0.ffn_up.weight", 0);
    put_unless(c, "mlp_ratio", static_cast<double>(inner) / static_cast<double>(width), kMlpRatio);
  }
  in.only("clip.projector_type", "deepseekocr");
  in.halves("clip.vision.image_mean");
  in.halves("clip.vision.image_std");
  return c;
}

std::int64_t image_token(Half& in) {
  const auto tokens = in.file().get_strings("tokenizer.ggml.tokens");
  if (!tokens) {
    in.fail(tokens.status());
    return 0;
  }
  const auto found = std::find(tokens->begin(), tokens->end(), "<image>");
  if (found == tokens->end()) {
    in.fail(invalid("there is no token <image>, so pictures have no place in a prompt"));
    return 0;
  }
  return found - tokens->begin();
}

}  // namespace

Result<std::string> config_json_of(const GgufPair& pair) {
  Half language(pair.language, pair.paths.language), vision(pair.vision, pair.paths.vision);
  const Json text = language_config(language);
  Json config = text;  // the text keys stand twice, as in the official file
  config["language_config"] = text;
  config["architectures"] = {"DeepseekOCRForCausalLM"};
  config["model_type"] = "deepseek_vl_v2";
  config["candidate_resolutions"] = {{1024, 1024}};
  config["global_view_pos"] = "head";
  config["tile_tag"] = "2D";
  put_unless(config, "image_token_id", image_token(language), kImageToken);
  if (pair.language.find_value(kRowsPerPassKey)) {
    config["quire"] = {{"rows_per_pass", language.size(kRowsPerPassKey)},
                       {"columns_per_pass", language.size(kColumnsPerPassKey, 0)},
                       {"int8_decoder", language.flag(kInt8DecoderKey, false)}};
  }
  QUIRE_TRY(language.status());

  Json clip = clip_config(vision), sam = sam_config(vision);
  const std::int64_t in = vision.axis("mm.model.fc.weight", 1),
                     out = vision.axis("mm.model.fc.weight", 0);
  QUIRE_TRY(vision.status());
  if (out != text["hidden_size"].get<std::int64_t>()) {
    return invalid(pair.paths.vision + ": made for a language model of width " +
                   std::to_string(out) + ", but that of " + pair.paths.language + " is " +
                   text["hidden_size"].dump() + "; they do not belong together");
  }
  config["vision_config"] = {{"image_size", 1024},
                             {"mlp_ratio", 3.7362},
                             {"model_name", "deeplip_b_l"},
                             {"model_type", "vision"},
                             {"width", {{"sam_vit_b", sam}, {"clip-l-14-224", clip}}}};
  config["projector_config"] = {{"input_dim", in},
                                {"n_embed", out},
                                {"projector_type", "linear"},
                                {"model_type", "mlp_projector"}};
  return config.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace quire
