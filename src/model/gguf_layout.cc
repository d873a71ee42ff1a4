#include "model/gguf_layout.h"

#include <span>

namespace quire {
namespace {

constexpr auto kF32 = Precision::kF32, kProtected = Precision::kProtected, kFree = Precision::kFree;

struct Row {
  std::string_view gguf, official;  // behind the prefixes of their group
  Precision precision;
};

constexpr Row kText[] = {
    {"token_embd.weight", "model.embed_tokens.weight", kProtected},
    {"output_norm.weight", "model.norm.weight", kF32},
    {"output.weight", "lm_head.weight", kProtected},
};
// blk.I. and model.layers.I.
constexpr Row kTextBlock[] = {
    {"attn_norm.weight", "input_layernorm.weight", kF32},
    {"ffn_norm.weight", "post_attention_layernorm.weight", kF32},
    {"attn_q.weight", "self_attn.q_proj.weight", kFree},
    {"attn_k.weight", "self_attn.k_proj.weight", kFree},
    {"attn_v.weight", "self_attn.v_proj.weight", kFree},
    {"attn_output.weight", "self_attn.o_proj.weight", kFree},
};
constexpr Row kDense[] = {
    {"ffn_gate.weight", "mlp.gate_proj.weight", kFree},
    {"ffn_up.weight", "mlp.up_proj.weight", kFree},
    {"ffn_down.weight", "mlp.down_proj.weight", kFree},
};
// "*" stands for the number of an expert; all of them are stacked.
constexpr Row kMixture[] = {
    {"ffn_gate_exps.weight", "mlp.experts.*.gate_proj.weight", kFree},
    {"ffn_gate_shexp.weight", "mlp.shared_experts.gate_proj.weight", kFree},
    {"ffn_up_exps.weight", "mlp.experts.*.up_proj.weight", kFree},
    {"ffn_up_shexp.weight", "mlp.shared_experts.up_proj.weight", kFree},
    {"ffn_down_exps.weight", "mlp.experts.*.down_proj.weight", kFree},
    {"ffn_down_shexp.weight", "mlp.shared_experts.down_proj.weight", kFree},
    {"ffn_gate_inp.weight", "mlp.gate.weight", kF32},
};
constexpr Row kSamBegin[] = {
    {"v.sam.pos_embd.weight", "pos_embed", kF32},
    {"v.sam.patch_embd.weight", "patch_embed.proj.weight", kProtected},
    {"v.sam.patch_embd.bias", "patch_embed.proj.bias", kF32},
};
constexpr Row kSamBlock[] = {
    {"pre_ln.weight", "norm1.weight", kF32},
    {"pre_ln.bias", "norm1.bias", kF32},
    {"attn.pos_h.weight", "attn.rel_pos_h", kF32},
    {"attn.pos_w.weight", "attn.rel_pos_w", kF32},
    {"attn.qkv.weight", "attn.qkv.weight", kProtected},
    {"attn.qkv.bias", "attn.qkv.bias", kF32},
    {"attn.out.weight", "attn.proj.weight", kProtected},
    {"attn.out.bias", "attn.proj.bias", kF32},
    {"post_ln.weight", "norm2.weight", kF32},
    {"post_ln.bias", "norm2.bias", kF32},
    {"mlp.lin1.weight", "mlp.lin1.weight", kProtected},
    {"mlp.lin1.bias", "mlp.lin1.bias", kF32},
    {"mlp.lin2.weight", "mlp.lin2.weight", kProtected},
    {"mlp.lin2.bias", "mlp.lin2.bias", kF32},
};
constexpr Row kSamEnd[] = {
    {"v.sam.neck.0.weight", "neck.0.weight", kF32}, {"v.sam.neck.1.weight", "neck.1.weight", kF32},
    {"v.sam.neck.1.bias", "neck.1.bias", kF32},     {"v.sam.neck.2.weight", "neck.2.weight", kF32},
    {"v.sam.neck.3.weight", "neck.3.weight", kF32}, {"v.sam.neck.3.bias", "neck.3.bias", kF32},
    {"v.sam.net_2.weight", "net_2.weight", kF32},   {"v.sam.net_3.weight", "net_3.weight", kF32},
};
constexpr Row kClipBegin[] = {
    {"v.class_embd", "embeddings.class_embedding", kF32},
    {"v.patch_embd.weight", "embeddings.patch_embedding.weight", kF32},
    {"v.position_embd.weight", "embeddings.position_embedding.weight", kF32},
};
constexpr Row kClipBlock[] = {
    {"ln1.weight", "layer_norm1.weight", kF32},
    {"ln1.bias", "layer_norm1.bias", kF32},
    {"attn_qkv.weight", "self_attn.qkv_proj.weight", kProtected},
    {"attn_qkv.bias", "self_attn.qkv_proj.bias", kF32},
    {"attn_out.weight", "self_attn.out_proj.weight", kProtected},
    {"attn_out.bias", "self_attn.out_proj.bias", kF32},
    {"ln2.weight", "layer_norm2.weight", kF32},
    {"ln2.bias", "layer_norm2.bias", kF32},
    {"ffn_up.weight", "mlp.fc1.weight", kProtected},
    {"ffn_up.bias", "mlp.fc1.bias", kF32},
    {"ffn_down.weight", "mlp.fc2.weight", kProtected},
    {"ffn_down.bias", "mlp.fc2.bias", kF32},
};
constexpr Row kClipEnd[] = {
    {"v.pre_ln.weight", "pre_layrnorm.weight", kF32},
    {"v.pre_ln.bias", "pre_layrnorm.bias", kF32},
};
constexpr Row kBridge[] = {
    {"mm.model.fc.weight", "projector.layers.weight", kProtected},
    {"mm.model.fc.bias", "projector.layers.bias", kF32},
    {"v.image_newline", "image_newline", kF32},
    {"v.view_seperator", "view_seperator", kF32},
};

class Layout {
 public:
  explicit Layout(std::size_t experts) : experts_(experts) {}

  void add(std::span<const Row> rows, const std::string& gguf, const std::string& official) {
    for (const Row& row : rows) {
      GgufTensor& tensor = start(gguf + std::string(row.gguf), row.precision);
      const std::size_t star = row.official.find('*');
      for (std::size_t e = 0; e < (star == row.official.npos ? 1 : experts_); ++e) {
        std::string name = official + std::string(row.official);
        if (star != row.official.npos) name.replace(official.size() + star, 1, std::to_string(e));
        tensor.official.push_back(std::move(name));
      }
    }
  }

  // Gate and up of each expert in one: the gate's rows first.
  void add_fused_experts(const std::string& gguf, const std::string& official) {
    GgufTensor& tensor = start(gguf + "ffn_gate_up_exps.weight", kFree);
    tensor.alternative = true;
    for (std::size_t e = 0; e < experts_; ++e) {
      const std::string expert = official + "mlp.experts." + std::to_string(e);
      tensor.official.push_back(expert + ".gate_proj.weight");
      tensor.official.push_back(expert + ".up_proj.weight");
    }
  }

  void begin_vision() { vision_ = true; }
  std::vector<GgufTensor> finish() { return std::move(tensors_); }

 private:
  GgufTensor& start(std::string name, Precision precision) {
    GgufTensor& tensor = tensors_.emplace_back();
    tensor.name = std::move(name);
    tensor.vision = vision_;
    tensor.precision = precision;
    return tensor;
  }

  std::size_t experts_;
  bool vision_ = false;
  std::vector<GgufTensor> tensors_;
};

}  // namespace

std::vector<GgufTensor> gguf_layout(const Config& config) {
  Layout layout(config.text.experts);
  layout.add(kText, "", "");
  for (std::size_t i = 0; i < config.text.layers; ++i) {
    const std::string number = std::to_string(i) + ".";
    const std::string gguf = "blk." + number, official = "model.layers." + number;
    layout.add(kTextBlock, gguf, official);
    if (!config.text.is_mixture(i)) {
      layout.add(kDense, gguf, official);
      continue;
    }
    layout.add(kMixture, gguf, official);
    layout.add_fused_experts(gguf, official);
  }

  layout.begin_vision();
  const std::string sam = "model.sam_model.", clip = "model.vision_model.";
  layout.add(kSamBegin, "", sam);
  for (std::size_t i = 0; i < config.sam.layers; ++i) {
    const std::string number = std::to_string(i) + ".";
    layout.add(kSamBlock, "v.sam.blk." + number, sam + "blocks." + number);
  }
  layout.add(kSamEnd, "", sam);
  layout.add(kClipBegin, "", clip);
  for (std::size_t i = 0; i < config.clip.layers; ++i) {
    const std::string number = std::to_string(i) + ".";
    layout.add(kClipBlock, "v.blk." + number, clip + "transformer.layers." + number);
  }
  layout.add(kClipEnd, "", clip);
  layout.add(kBridge, "", "model.");
  return layout.finish();
}

}  // namespace quire
