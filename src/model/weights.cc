#include "model/weights.h"

#include <cmath>
#include <string>

namespace quire {
namespace {

Affine affine(TensorReader& in, const std::string& name, std::size_t rows, std::size_t cols) {
  return {in.weight(name + ".weight", rows, cols), in.vector(name + ".bias", rows)};
}

Conv2d conv(TensorReader& in, const std::string& name, std::size_t rows, std::size_t cols,
            std::size_t stride) {
  const TensorView view = in.view(
      name + ".weight", {static_cast<std::int64_t>(rows), static_cast<std::int64_t>(cols), 3, 3});
  return in.ok() ? Conv2d::from_checkpoint(view, stride, 1) : Conv2d{};
}

SamBlock sam_block(TensorReader& in, const SamConfig& c, std::size_t index) {
  const std::string name = "model.sam_model.blocks." + std::to_string(index);
  SamBlock block;
  block.global = c.global[index];
  block.norm1 = in.layer_norm(name + ".norm1", c.width, c.eps);
  block.norm2 = in.layer_norm(name + ".norm2", c.width, c.eps);
  block.qkv = affine(in, name + ".attn.qkv", 3 * c.width, c.width);
  block.projection = affine(in, name + ".attn.proj", c.width, c.width);
  const std::int64_t rows = block.global ? -1 : static_cast<std::int64_t>(2 * c.window - 1);
  const auto head_size = static_cast<std::int64_t>(c.width / c.heads);
  block.rel_h = in.tensor(name + ".attn.rel_pos_h", {rows, head_size});
  block.rel_w = in.tensor(name + ".attn.rel_pos_w", {rows, head_size});
  block.first = affine(in, name + ".mlp.lin1", c.mlp_width, c.width);
  block.second = affine(in, name + ".mlp.lin2", c.width, c.mlp_width);
  return block;
}

SamWeights sam(TensorReader& in, const SamConfig& c, std::size_t clip_width) {
  const std::string name = "model.sam_model.";
  SamWeights w;
  const auto patch = static_cast<std::int64_t>(c.patch), width = static_cast<std::int64_t>(c.width);
  const TensorView patches = in.view(name + "patch_embed.proj.weight", {width, 3, patch, patch});
  if (in.ok()) w.patches.weight = Weight::view(patches);
  w.patches.bias = in.vector(name + "patch_embed.proj.bias", c.width);
  const auto side = static_cast<std::int64_t>(c.table_side);
  w.positions = in.tensor(name + "pos_embed", {1, side, side, width});
  for (std::size_t i = 0; i < c.layers && in.ok(); ++i) w.blocks.push_back(sam_block(in, c, i));
  const TensorView neck1 =
      in.view(name + "neck.0.weight", {static_cast<std::int64_t>(c.neck), width, 1, 1});
  if (in.ok()) w.neck1 = Weight::view(neck1);
  w.neck1_norm = in.layer_norm(name + "neck.1", c.neck, c.eps);
  w.neck2 = conv(in, name + "neck.2", c.neck, c.neck, 1);
  w.neck2_norm = in.layer_norm(name + "neck.3", c.neck, c.eps);
  w.net2 = conv(in, name + "net_2", c.compress1, c.neck, 2);
  w.net3 = conv(in, name + "net_3", clip_width, c.compress1, 2);
  return w;
}

EncoderBlock clip_block(TensorReader& in, const ClipConfig& c, std::size_t index) {
  const std::string name = "model.vision_model.transformer.layers." + std::to_string(index);
  EncoderBlock block;
  block.norm1 = in.layer_norm(name + ".layer_norm1", c.width, c.eps);
  block.norm2 = in.layer_norm(name + ".layer_norm2", c.width, c.eps);
  block.qkv = affine(in, name + ".self_attn.qkv_proj", 3 * c.width, c.width);
  block.projection = affine(in, name + ".self_attn.out_proj", c.width, c.width);
  block.first = affine(in, name + ".mlp.fc1", c.mlp_width, c.width);
  block.second = affine(in, name + ".mlp.fc2", c.width, c.mlp_width);
  return block;
}

ClipWeights clip(TensorReader& in, const ClipConfig& c) {
  const std::string name = "model.vision_model.";
  ClipWeights w;
  // CLIP's own patches: SAM's features stand in their place.
  in.ignore(name + "embeddings.patch_embedding.weight");
  in.ignore(name + "embeddings.position_ids");
  w.class_token = in.vector(name + "embeddings.class_embedding", c.width);
  const std::string positions = name + "embeddings.position_embedding.weight";
  w.positions = in.tensor(positions, {-1, static_cast<std::int64_t>(c.width)});
  if (in.ok()) {
    const std::int64_t grid = w.positions.dim(0) - 1;
    const auto side = static_cast<std::int64_t>(std::llround(std::sqrt(static_cast<double>(grid))));
    if (grid < 1 || side * side != grid) {
      in.fail(invalid("tensor " + positions + " has " + std::to_string(grid + 1) +
                      " rows; it needs one more than a square number"));
    }
  }
  w.norm = in.layer_norm(name + "pre_layrnorm", c.width, c.eps);
  for (std::size_t i = 0; i < c.layers && in.ok(); ++i) w.blocks.push_back(clip_block(in, c, i));
  return w;
}

GatedMlp gated_mlp(TensorReader& in, const std::string& name, std::size_t hidden,
                   std::size_t width) {
  return {in.weight(name + ".gate_proj.weight", width, hidden),
          in.weight(name + ".up_proj.weight", width, hidden),
          in.weight(name + ".down_proj.weight", hidden, width)};
}

DecoderLayer decoder_layer(TensorReader& in, const TextConfig& c, std::size_t index) {
  const std::string name = "model.layers." + std::to_string(index);
  DecoderLayer layer;
  layer.attention_norm = in.rms_norm(name + ".input_layernorm", c.hidden, c.eps);
  layer.mlp_norm = in.rms_norm(name + ".post_attention_layernorm", c.hidden, c.eps);
  layer.q = in.weight(name + ".self_attn.q_proj.weight", c.hidden, c.hidden);
  layer.k = in.weight(name + ".self_attn.k_proj.weight", c.kv_heads * c.head_size(), c.hidden);
  layer.v = in.weight(name + ".self_attn.v_proj.weight", c.kv_heads * c.head_size(), c.hidden);
  layer.o = in.weight(name + ".self_attn.o_proj.weight", c.hidden, c.hidden);
  layer.mixture = c.is_mixture(index);
  if (!layer.mixture) {
    layer.dense = gated_mlp(in, name + ".mlp", c.hidden, c.intermediate);
    return layer;
  }
  layer.router = in.weight(name + ".mlp.gate.weight", c.experts, c.hidden);
  for (std::size_t e = 0; e < c.experts && in.ok(); ++e) {
    layer.experts.push_back(
        gated_mlp(in, name + ".mlp.experts." + std::to_string(e), c.hidden, c.expert_width));
  }
  if (c.shared_experts > 0) {
    layer.shared =
        gated_mlp(in, name + ".mlp.shared_experts", c.hidden, c.shared_experts * c.expert_width);
  }
  return layer;
}

TextWeights text(TensorReader& in, const TextConfig& c) {
  TextWeights w;
  w.embedding = in.weight("model.embed_tokens.weight", c.vocabulary, c.hidden);
  for (std::size_t i = 0; i < c.layers && in.ok(); ++i) w.layers.push_back(decoder_layer(in, c, i));
  w.norm = in.rms_norm("model.norm", c.hidden, c.eps);
  if (c.tied) {
    in.ignore("lm_head.weight");  // some files store the embedding twice
    w.output = w.embedding;
  } else {
    w.output = in.weight("lm_head.weight", c.vocabulary, c.hidden);
  }
  return w;
}

}  // namespace

Result<Weights> load_weights(const Config& config, const TensorSet& set) {
  TensorReader in(set);
  Weights w;
  w.sam = sam(in, config.sam, config.clip.width);
  w.clip = clip(in, config.clip);
  w.bridge.projector =
      affine(in, "model.projector.layers", config.text.hidden, 2 * config.clip.width);
  w.bridge.newline = in.vector("model.image_newline", config.text.hidden);
  w.bridge.separator =
      in.vector("model.view_seperator", config.text.hidden);  // the official spelling
  w.text = text(in, config.text);
  QUIRE_TRY(in.finish());
  return w;
}

}  // namespace quire
