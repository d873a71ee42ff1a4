#include "convert/gguf_keys.h"

#include <optional>
#include <utility>

#include "format/gguf_pair.h"
#include "model/gguf_config.h"
#include "text/pretokenize.h"

namespace quire {
namespace {

// llama.cpp's token types.
constexpr std::int64_t kNormal = 1, kControl = 3, kUserDefined = 4, kUnused = 5;

// general.file_type, by which programs show what a file mostly holds.
std::uint32_t file_type(DType type) {
  switch (type) {
    case DType::kF32:
      return 0;
    case DType::kF16:
      return 1;
    case DType::kQ4_0:
      return 2;
    case DType::kQ4_1:
      return 3;
    case DType::kQ8_0:
      return 7;
    case DType::kQ5_0:
      return 8;
    case DType::kQ5_1:
      return 9;
    case DType::kQ4_K:
      return 14;
    case DType::kQ5_K:
      return 16;
    case DType::kQ6_K:
      return 18;
    default:
      return 32;  // BF16
  }
}

class Keys {
 public:
  void text(std::string key, std::string value) {
    add(std::move(key), GgufValue::string(std::move(value)));
  }
  void number(std::string key, std::size_t value) {
    add(std::move(key), GgufValue::u32(static_cast<std::uint32_t>(value)));
  }
  void real(std::string key, double value) {
    add(std::move(key), GgufValue::f32(static_cast<float>(value)));
  }
  void flag(std::string key, bool value) { add(std::move(key), GgufValue::boolean(value)); }
  void add(std::string key, GgufValue value) {
    entries_.push_back({std::move(key), std::move(value)});
  }
  std::vector<GgufEntry> finish() { return std::move(entries_); }

 private:
  std::vector<GgufEntry> entries_;
};

// The converter's guess, which makes control tokens of <｜User｜> and its like.
bool looks_special(const std::string& token) {
  const auto framed = [&](std::string_view begin, std::string_view end) {
    return token.size() >= begin.size() + end.size() && token.starts_with(begin) &&
           token.ends_with(end);
  };
  return framed("<|", "|>") || framed("<\uFF5C", "\uFF5C>");
}

Status add_tokenizer(Keys& keys, const Config& config, const Vocabulary& vocabulary) {
  if (vocabulary.split_regexes != deepseek_v3_regexes()) {
    return unsupported(
        "the tokenizer cuts text in another way than DeepSeek-V3's; GGUF files have a name for "
        "that one only");
  }
  const std::size_t size = config.text.vocabulary;
  std::vector<std::string> tokens(size);
  std::vector<std::int64_t> types(size, kUnused);
  for (std::size_t id = 0; id < size; ++id) tokens[id] = "[PAD" + std::to_string(id) + "]";
  const auto outside = [&](std::size_t id) {
    return invalid("token " + std::to_string(id) + " has no row in the embedding, which ends at " +
                   std::to_string(size - 1) + "; tokenizer and weights do not belong together");
  };
  for (std::size_t id = 0; id < vocabulary.tokens.size(); ++id) {
    if (vocabulary.tokens[id].empty()) continue;
    if (id >= size) return outside(id);
    tokens[id] = vocabulary.tokens[id];
    types[id] = kNormal;
  }
  std::optional<std::size_t> padding;
  for (const AddedToken& added : vocabulary.added) {
    const auto id = static_cast<std::size_t>(added.id);
    if (id >= size) return outside(id);
    tokens[id] = added.content;
    types[id] = added.special || looks_special(added.content) ? kControl : kUserDefined;
    if (added.content == "<\uFF5C\u2581pad\u2581\uFF5C>") padding = id;
  }
  std::vector<std::string> merges;
  merges.reserve(vocabulary.merges.size());
  for (const auto& [left, right] : vocabulary.merges) merges.push_back(left + " " + right);

  const std::string prefix = "tokenizer.ggml.";
  keys.text(prefix + "model", "gpt2");
  keys.text(prefix + "pre", "deepseek-v3");
  std::string key = prefix + "tokens";
  keys.add(std::move(key), GgufValue::strings(std::move(tokens)));
  keys.add(prefix + "token_type", GgufValue::i32s(std::move(types)));
  key = prefix + "merges";
  keys.add(std::move(key), GgufValue::strings(std::move(merges)));
  keys.number(prefix + "bos_token_id", static_cast<std::size_t>(config.text.bos));
  keys.number(prefix + "eos_token_id", static_cast<std::size_t>(config.text.eos));
  if (padding) keys.number(prefix + "padding_token_id", *padding);
  keys.flag(prefix + "add_bos_token", true);
  keys.flag(prefix + "add_eos_token", false);
  return {};
}

Result<std::vector<GgufEntry>> language_keys(const Config& config, const Vocabulary& vocabulary,
                                             const std::string& name, DType type) {
  const TextConfig& c = config.text;
  if (c.experts > 0 && c.mixture_period != 1) {
    return unsupported("\"moe_layer_freq\" is " + std::to_string(c.mixture_period) +
                       ", which a GGUF file can not say");
  }
  const std::string prefix = std::string(kLanguageArchitecture) + ".";
  Keys keys;
  keys.text("general.architecture", kLanguageArchitecture);
  keys.text("tokenizer.chat_template", "{% for m in messages %}{{m['content']}}{% endfor %}");
  keys.text("general.type", "model");
  keys.text("general.name", name);
  keys.number(prefix + "block_count", c.layers);
  keys.number(prefix + "context_length", c.max_positions);
  keys.number(prefix + "embedding_length", c.hidden);
  keys.number(prefix + "feed_forward_length", c.intermediate);
  keys.number(prefix + "attention.head_count", c.heads);
  keys.number(prefix + "attention.head_count_kv", c.kv_heads);
  if (c.rope_theta != 10000.0) keys.real(prefix + "rope.freq_base", c.rope_theta);
  keys.real(prefix + "attention.layer_norm_rms_epsilon", c.eps);
  keys.number(prefix + "expert_used_count", c.experts_per_token);
  keys.number(prefix + "expert_group_count", 1);
  keys.number(prefix + "expert_group_used_count", 1);
  keys.number("general.file_type", file_type(type));
  keys.number(prefix + "leading_dense_block_count", c.experts > 0 ? c.first_mixture : c.layers);
  keys.number(prefix + "vocab_size", c.vocabulary);
  keys.number(prefix + "expert_feed_forward_length", c.expert_width);
  keys.number(prefix + "expert_count", c.experts);
  keys.number(prefix + "expert_shared_count", c.shared_experts);
  if (c.weight_scale != 1) keys.real(prefix + "expert_weights_scale", c.weight_scale);
  if (c.normalize_weights) keys.flag(prefix + "expert_weights_norm", true);
  keys.number(prefix + "rope.dimension_count", 0);  // nobody reads it, luckily
  keys.number("general.quantization_version", 2);
  QUIRE_TRY(add_tokenizer(keys, config, vocabulary));
  if (config.reads_in_passes) {
    keys.number(kRowsPerPassKey, config.rows_per_pass);
    keys.number(kColumnsPerPassKey, config.columns_per_pass);
    if (config.int8_decoder) keys.flag(kInt8DecoderKey, true);
  }
  return keys.finish();
}

std::vector<GgufEntry> vision_keys(const Config& config, const std::string& name, DType type) {
  Keys keys;
  const std::string clip = "clip.vision.";
  keys.text("general.architecture", kVisionArchitecture);
  keys.text("general.type", "mmproj");
  keys.text("general.name", name);
  keys.number("general.file_type", file_type(type));
  keys.flag("clip.has_vision_encoder", true);
  keys.number(clip + "projection_dim", config.text.hidden);
  keys.number(clip + "image_size", 224);  // CLIP's nominal sizes, which llama.cpp overrides
  keys.number(clip + "patch_size", 14);
  keys.number(clip + "embedding_length", config.clip.width);
  keys.number(clip + "feed_forward_length", 4 * config.clip.heads);  // the converter's slip
  keys.number(clip + "block_count", config.clip.layers);
  keys.number(clip + "attention.head_count", config.clip.heads);
  keys.add(clip + "image_mean", GgufValue::f32s({0.5, 0.5, 0.5}));
  keys.add(clip + "image_std", GgufValue::f32s({0.5, 0.5, 0.5}));
  keys.text("clip.projector_type", "deepseekocr");
  keys.real(clip + "attention.layer_norm_epsilon", 1e-6);  // SAM's; CLIP's is 1e-5
  keys.flag("clip.use_gelu", true);
  keys.number(clip + "window_size", config.sam.window);
  keys.number(clip + "sam.block_count", config.sam.layers);
  keys.number(clip + "sam.embedding_length", config.sam.width);
  keys.number(clip + "sam.head_count", config.sam.heads);
  keys.number("general.quantization_version", 2);
  return keys.finish();
}

}  // namespace

Result<PairKeys> pair_keys(const Config& config, const Vocabulary& vocabulary,
                           const std::string& name, DType type) {
  PairKeys keys;
  auto language = language_keys(config, vocabulary, name, type);
  QUIRE_TRY(language);
  keys.language = *std::move(language);
  keys.vision = vision_keys(config, name, type);
  return keys;
}

}  // namespace quire
