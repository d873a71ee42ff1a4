#include "train/twin.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace quire::train {
namespace {

using torch::Tensor;

constexpr double kSamEps = 1e-6, kClipEps = 1e-5, kRmsEps = 1e-6, kRopeTheta = 10000.0;
constexpr int kPatch = 16;

const std::string kSam = "model.sam_model.", kClip = "model.vision_model.";

std::string sam_block(int i) { return kSam + "blocks." + std::to_string(i) + "."; }
std::string clip_layer(int i) { return kClip + "transformer.layers." + std::to_string(i) + "."; }
std::string text_layer(int i) { return "model.layers." + std::to_string(i) + "."; }

// Splits (B, H, W, C) into (B * windows, w, w, C); H and W are multiples of w here or are padded
// with zeros at the bottom and right (section 5.1.4).
Tensor to_windows(const Tensor& x, int64_t w, int64_t& ph, int64_t& pw) {
  const int64_t b = x.size(0), h = x.size(1), wd = x.size(2), c = x.size(3);
  ph = (h + w - 1) / w * w;
  pw = (wd + w - 1) / w * w;
  Tensor p = (ph == h && pw == wd) ? x : torch::constant_pad_nd(x, {0, 0, 0, pw - wd, 0, ph - h});
  return p.view({b, ph / w, w, pw / w, w, c}).permute({0, 1, 3, 2, 4, 5}).reshape({-1, w, w, c});
}

Tensor from_windows(const Tensor& x, int64_t w, int64_t b, int64_t h, int64_t wd, int64_t ph,
                    int64_t pw) {
  Tensor y =
      x.view({b, ph / w, pw / w, w, w, -1}).permute({0, 1, 3, 2, 4, 5}).reshape({b, ph, pw, -1});
  return y.slice(1, 0, h).slice(2, 0, wd);
}

// Table rows for every (query, key) offset along one axis: (n, n, head_dim).
Tensor relative_rows(const Tensor& table, int64_t n) {
  const Tensor axis =
      torch::arange(n, torch::TensorOptions().dtype(torch::kLong).device(table.device()));
  const Tensor index = axis.unsqueeze(1) - axis.unsqueeze(0) + (n - 1);
  return table.index_select(0, index.reshape(-1)).view({n, n, table.size(1)});
}

// Position tables are antialias-bicubic resized when the grid is not the native one (section 5.4).
Tensor resize_grid(const Tensor& table, int64_t side) {  // (1, n, n, C) -> (1, side, side, C)
  if (table.size(1) == side) return table;
  return at::_upsample_bicubic2d_aa(table.permute({0, 3, 1, 2}).contiguous(), {side, side}, false)
      .permute({0, 2, 3, 1});
}

}  // namespace

Tensor Twin::add(const std::string& name, torch::IntArrayRef shape, double std) {
  Tensor t = std > 0 ? torch::randn(shape) * std : torch::full(shape, std < 0 ? 1.0 : 0.0);
  t.set_requires_grad(true);
  weights_[name] = t;
  return t;
}

Twin::Twin(const TwinConfig& c) : config_(c) {
  const auto add_linear = [&](const std::string& name, int out, int in, bool bias,
                              double gain = 1.0) {
    add(name + ".weight", {out, in}, gain / std::sqrt(static_cast<double>(in)));
    if (bias) add(name + ".bias", {out}, 0);
  };
  const auto add_norm = [&](const std::string& name, int n, bool bias = true) {
    add(name + ".weight", {n}, -1);
    if (bias) add(name + ".bias", {n}, 0);
  };
  const auto add_conv = [&](const std::string& name, int out, int in, int k) {
    add(name + ".weight", {out, in, k, k}, 1.0 / std::sqrt(static_cast<double>(in) * k * k));
  };
  // Absolute positions stay zero: with windows, convolutions and relative positions the encoder
  // then does the same on every part of a page of every size, and what crops teach holds for pages.
  const auto add_frozen = [&](const std::string& name, torch::IntArrayRef shape) {
    weights_[name] = torch::zeros(shape);
  };
  const int grid = c.image_size / kPatch, q = grid / 4;

  // SAM. Residual branches start small, as deep residual nets like it.
  add_frozen(kSam + "pos_embed", {1, grid, grid, c.sam_width});
  add_conv(kSam + "patch_embed.proj", c.sam_width, 3, kPatch);
  add(kSam + "patch_embed.proj.bias", {c.sam_width}, 0);
  for (int i = 0; i < c.sam_layers; ++i) {
    const std::string p = sam_block(i);
    const bool global =
        std::find(c.sam_global.begin(), c.sam_global.end(), i) != c.sam_global.end();
    const int side = global ? grid : c.window, d = c.sam_width / c.sam_heads;
    add_norm(p + "norm1", c.sam_width);
    add_norm(p + "norm2", c.sam_width);
    add_linear(p + "attn.qkv", 3 * c.sam_width, c.sam_width, true);
    add_linear(p + "attn.proj", c.sam_width, c.sam_width, true, 0.5);
    add(p + "attn.rel_pos_h", {2 * side - 1, d}, 0.02);
    add(p + "attn.rel_pos_w", {2 * side - 1, d}, 0.02);
    add_linear(p + "mlp.lin1", 4 * c.sam_width, c.sam_width, true);
    add_linear(p + "mlp.lin2", c.sam_width, 4 * c.sam_width, true, 0.5);
  }
  add_conv(kSam + "neck.0", c.neck, c.sam_width, 1);
  add_norm(kSam + "neck.1", c.neck);
  add_conv(kSam + "neck.2", c.neck, c.neck, 3);
  add_norm(kSam + "neck.3", c.neck);
  add_conv(kSam + "net_2", c.compress1, c.neck, 3);
  add_conv(kSam + "net_3", c.clip_width, c.compress1, 3);

  // CLIP. The patch embedding of the official layout is never used; it is kept at its smallest.
  add(kClip + "embeddings.class_embedding", {c.clip_width}, 0.02);
  add_frozen(kClip + "embeddings.position_embedding.weight", {1 + q * q, c.clip_width});
  add_norm(kClip + "pre_layrnorm", c.clip_width);
  for (int i = 0; i < c.clip_layers; ++i) {
    const std::string p = clip_layer(i);
    add_norm(p + "layer_norm1", c.clip_width);
    add_norm(p + "layer_norm2", c.clip_width);
    add_linear(p + "self_attn.qkv_proj", 3 * c.clip_width, c.clip_width, true);
    add_linear(p + "self_attn.out_proj", c.clip_width, c.clip_width, true, 0.5);
    add_linear(p + "mlp.fc1", c.clip_mlp_ratio * c.clip_width, c.clip_width, true);
    add_linear(p + "mlp.fc2", c.clip_width, c.clip_mlp_ratio * c.clip_width, true, 0.5);
  }
  add_linear("model.projector.layers", c.hidden, 2 * c.clip_width, true);
  add("model.image_newline", {c.hidden}, 1.0);
  add("model.view_seperator", {c.hidden}, 1.0);

  // Decoder. Embeddings have unit variance, like the vision tokens they stand among.
  add("model.embed_tokens.weight", {c.vocabulary, c.hidden}, 1.0);
  add("lm_head.weight", {c.vocabulary, c.hidden}, 0.5 / std::sqrt(static_cast<double>(c.hidden)));
  add_norm("model.norm", c.hidden, false);
  for (int i = 0; i < c.layers; ++i) {
    const std::string p = text_layer(i);
    add_norm(p + "input_layernorm", c.hidden, false);
    add_norm(p + "post_attention_layernorm", c.hidden, false);
    for (const char* name : {"q_proj", "k_proj", "v_proj"})
      add_linear(p + "self_attn." + name, c.hidden, c.hidden, false);
    add_linear(p + "self_attn.o_proj", c.hidden, c.hidden, false, 0.5);
    add_linear(p + "mlp.gate_proj", c.intermediate, c.hidden, false);
    add_linear(p + "mlp.up_proj", c.intermediate, c.hidden, false);
    add_linear(p + "mlp.down_proj", c.hidden, c.intermediate, false, 0.5);
  }
}

void Twin::to(torch::Device device) {
  for (auto& [name, tensor] : weights_) {
    tensor = tensor.detach().to(device).set_requires_grad(tensor.requires_grad());
  }
}

Tensor Twin::low(const Tensor& x) const { return bf16_ ? x.to(torch::kBFloat16) : x; }

Tensor Twin::linear_low(const Tensor& x, const std::string& name) const {
  const auto bias = weights_.find(name + ".bias");
  const Tensor b = bias != weights_.end() ? low(bias->second) : Tensor();
  return torch::linear(low(x), low(weight(name + ".weight")), b);
}

Tensor Twin::linear(const Tensor& x, const std::string& name) const {
  return linear_low(x, name).to(torch::kFloat32);
}

Tensor Twin::conv(const Tensor& x, const std::string& name, int stride, int padding) const {
  const auto bias = weights_.find(name + ".bias");
  const Tensor b = bias != weights_.end() ? bias->second : Tensor();
  if (!bf16_) return torch::conv2d(x, weight(name + ".weight"), b, stride, padding);
  Tensor y = torch::conv2d(x.to(torch::kBFloat16), weight(name + ".weight").to(torch::kBFloat16),
                           {}, stride, padding);
  y = y.to(torch::kFloat32);
  return b.defined() ? y + b.view({1, -1, 1, 1}) : y;
}

Tensor Twin::layer_norm(const Tensor& x, const std::string& name, double eps) const {
  return torch::layer_norm(x, {x.size(-1)}, weight(name + ".weight"), weight(name + ".bias"), eps);
}

Tensor Twin::rms_norm(const Tensor& x, const std::string& name) const {
  return x * torch::rsqrt(x.square().mean(-1, true) + kRmsEps) * weight(name + ".weight");
}

// x (N, H, W, C) -> the same; attention over all H x W positions of each item.
Tensor Twin::sam_attention(const Tensor& x, int block) const {
  const std::string p = sam_block(block) + "attn.";
  const int64_t n = x.size(0), h = x.size(1), w = x.size(2);
  const int64_t heads = config_.sam_heads, d = config_.sam_width / heads;
  const Tensor qkv =
      linear_low(x, p + "qkv").view({n, h * w, 3, heads, d}).permute({2, 0, 3, 1, 4});
  const Tensor q = qkv[0].reshape({n * heads, h * w, d});
  const Tensor k = qkv[1].reshape({n * heads, h * w, d}), v = qkv[2].reshape({n * heads, h * w, d});
  Tensor score =
      torch::bmm(q / std::sqrt(static_cast<double>(d)), k.transpose(1, 2)).to(torch::kFloat32);
  // Decomposed relative positions: the unscaled query against the rows of both tables.
  const Tensor grid = q.view({n * heads, h, w, d});
  const auto table = [&](const char* name, int64_t side) {
    Tensor t = weight(p + name);
    if (t.size(0) != 2 * side - 1) {
      t = torch::upsample_linear1d(t.t().unsqueeze(0), {2 * side - 1}, false).squeeze(0).t();
    }
    return low(relative_rows(t, side));
  };
  const Tensor bias_h = torch::einsum("nyxd,ykd->nyxk", {grid, table("rel_pos_h", h)});
  const Tensor bias_w = torch::einsum("nyxd,xkd->nyxk", {grid, table("rel_pos_w", w)});
  score = (score.view({n * heads, h, w, h, w}) + bias_h.unsqueeze(4) + bias_w.unsqueeze(3))
              .view({n * heads, h * w, h * w});
  Tensor out = torch::bmm(low(torch::softmax(score, -1)), v);
  out = out.view({n, heads, h, w, d}).permute({0, 2, 3, 1, 4}).reshape({n, h, w, heads * d});
  return linear(out, p + "proj");
}

Twin::Vision Twin::encode(const Tensor& pixels) const {
  const TwinConfig& c = config_;
  // SAM: patches, then blocks on (B, y, x, C).
  Tensor x = conv(pixels, kSam + "patch_embed.proj", kPatch, 0).permute({0, 2, 3, 1});
  const int64_t b = x.size(0), g = x.size(1);
  x = x + resize_grid(weight(kSam + "pos_embed"), g);
  for (int i = 0; i < c.sam_layers; ++i) {
    const std::string p = sam_block(i);
    const bool global =
        std::find(c.sam_global.begin(), c.sam_global.end(), i) != c.sam_global.end();
    Tensor y = layer_norm(x, p + "norm1", kSamEps);
    if (global) {
      y = sam_attention(y, i);
    } else {
      int64_t ph = 0, pw = 0;
      const Tensor windows = to_windows(y, c.window, ph, pw);
      y = from_windows(sam_attention(windows, i), c.window, b, g, g, ph, pw);
    }
    x = x + y;
    y = layer_norm(x, p + "norm2", kSamEps);
    x = x + linear(torch::gelu(linear_low(y, p + "mlp.lin1")), p + "mlp.lin2");
  }
  Vision vision;
  vision.sam = x;

  // Neck and compressor, (B, C, y, x). LayerNorm2d normalises over channels at each pixel.
  const auto norm2d = [&](const Tensor& t, const std::string& name) {
    return layer_norm(t.permute({0, 2, 3, 1}), name, kSamEps).permute({0, 3, 1, 2});
  };
  Tensor f = norm2d(conv(x.permute({0, 3, 1, 2}), kSam + "neck.0", 1, 0), kSam + "neck.1");
  f = norm2d(conv(f, kSam + "neck.2", 1, 1), kSam + "neck.3");
  f = conv(conv(f, kSam + "net_2", 2, 1), kSam + "net_3", 2, 1);
  const int64_t q = f.size(2);
  const Tensor features = f.flatten(2).transpose(1, 2);  // (B, q*q, clip_width)

  // CLIP over the compressed features.
  const Tensor cls =
      weight(kClip + "embeddings.class_embedding").view({1, 1, -1}).expand({b, 1, -1});
  const Tensor table = weight(kClip + "embeddings.position_embedding.weight");
  const int64_t native =
      static_cast<int64_t>(std::llround(std::sqrt(static_cast<double>(table.size(0) - 1))));
  const Tensor rows =
      resize_grid(table.slice(0, 1).view({1, native, native, -1}), q).reshape({q * q, -1});
  Tensor t =
      torch::cat({cls, features}, 1) + torch::cat({table.slice(0, 0, 1), rows}, 0).unsqueeze(0);
  t = layer_norm(t, kClip + "pre_layrnorm", kClipEps);
  const int64_t heads = c.clip_heads, d = c.clip_width / heads, n = t.size(1);
  for (int i = 0; i < c.clip_layers; ++i) {
    const std::string p = clip_layer(i);
    const Tensor qkv =
        linear_low(layer_norm(t, p + "layer_norm1", kClipEps), p + "self_attn.qkv_proj")
            .view({b, n, 3, heads, d})
            .permute({2, 0, 3, 1, 4});
    const Tensor score = torch::matmul(qkv[0], qkv[1].transpose(2, 3)).to(torch::kFloat32) /
                         std::sqrt(static_cast<double>(d));
    t = t + linear(torch::matmul(low(torch::softmax(score, -1)), qkv[2])
                       .transpose(1, 2)
                       .reshape({b, n, heads * d}),
                   p + "self_attn.out_proj");
    const Tensor h = linear_low(layer_norm(t, p + "layer_norm2", kClipEps), p + "mlp.fc1");
    t = t + linear(h * torch::sigmoid(1.702 * h), p + "mlp.fc2");
  }
  // [CLIP | SAM] -> projector.
  vision.tokens = linear(torch::cat({t.slice(1, 1), features}, 2), "model.projector.layers")
                      .view({b, q, q, c.hidden});
  return vision;
}

Tensor Twin::assemble(const Tensor& tokens) const {
  const int64_t n = tokens.size(0), rows = tokens.size(1), q = tokens.size(2),
                width = tokens.size(3);
  const Tensor newline =
      weight("model.image_newline").view({1, 1, 1, width}).expand({n, rows, 1, width});
  const Tensor separator = weight("model.view_seperator").view({1, 1, width}).expand({n, 1, width});
  return torch::cat({torch::cat({tokens, newline}, 2).view({n, rows * (q + 1), width}), separator},
                    1);
}

Tensor Twin::embed(const Tensor& ids) const {
  return torch::embedding(weight("model.embed_tokens.weight"), ids);
}

Twin::Decoding Twin::decode(const Tensor& embeddings) const {
  const TwinConfig& c = config_;
  const int64_t n = embeddings.size(0), length = embeddings.size(1), heads = c.heads,
                d = c.hidden / heads;
  const auto options = torch::TensorOptions().device(embeddings.device());
  // Rotary, half-split: (a, b) = (v[j], v[j + d/2]).
  const Tensor frequency = torch::pow(
      kRopeTheta, -torch::arange(0, d, 2, options.dtype(torch::kFloat32)) / static_cast<double>(d));
  const Tensor angle =
      torch::arange(length, options.dtype(torch::kFloat32)).unsqueeze(1) * frequency.unsqueeze(0);
  const Tensor cosine = low(angle.cos()), sine = low(angle.sin());  // (T, d/2)
  const auto rotate = [&](const Tensor& v) {
    const Tensor a = v.slice(-1, 0, d / 2), e = v.slice(-1, d / 2);
    return torch::cat({a * cosine - e * sine, e * cosine + a * sine}, -1);
  };
  const Tensor future =
      torch::full({length, length}, -1e30, options.dtype(torch::kFloat32)).triu(1);

  Decoding decoding;
  Tensor x = embeddings;
  for (int i = 0; i < c.layers; ++i) {
    const std::string p = text_layer(i);
    const Tensor h = low(rms_norm(x, p + "input_layernorm"));
    const auto split = [&](const char* name) {
      return linear_low(h, p + "self_attn." + name).view({n, length, heads, d}).transpose(1, 2);
    };
    const Tensor q = rotate(split("q_proj")) / std::sqrt(static_cast<double>(d));
    const Tensor k = rotate(split("k_proj")), v = split("v_proj");
    const Tensor score = torch::matmul(q, k.transpose(2, 3)).to(torch::kFloat32) + future;
    const Tensor mixed = torch::matmul(low(torch::softmax(score, -1)), v);
    x = x + linear(mixed.transpose(1, 2).reshape({n, length, c.hidden}), p + "self_attn.o_proj");
    const Tensor m = low(rms_norm(x, p + "post_attention_layernorm"));
    x = x +
        linear(torch::silu(linear_low(m, p + "mlp.gate_proj")) * linear_low(m, p + "mlp.up_proj"),
               p + "mlp.down_proj");
    if (i == 0) decoding.first = x;
  }
  decoding.states = rms_norm(x, "model.norm");
  return decoding;
}

Tensor Twin::logits(const Tensor& states) const { return linear(states, "lm_head"); }

std::string TwinConfig::config_json(int image_token, PassShape pass) const {
  using nlohmann::json;
  const json text = {{"architectures", {"DeepseekV2ForCausalLM"}},
                     {"torch_dtype", "bfloat16"},
                     {"bos_token_id", 0},
                     {"eos_token_id", 1},
                     {"first_k_dense_replace", layers},
                     {"hidden_size", hidden},
                     {"intermediate_size", intermediate},
                     {"max_position_embeddings", 8192},
                     {"moe_intermediate_size", 0},
                     {"n_group", 1},
                     {"n_routed_experts", 0},
                     {"n_shared_experts", 0},
                     {"num_attention_heads", heads},
                     {"num_experts_per_tok", 0},
                     {"num_hidden_layers", layers},
                     {"num_key_value_heads", heads},
                     {"topk_group", 1},
                     {"topk_method", "greedy"},
                     {"use_mla", false},
                     {"vocab_size", vocabulary}};
  json file = text;
  file["architectures"] = {"DeepseekOCRForCausalLM"};
  file["model_type"] = "deepseek_vl_v2";
  file["_name_or_path"] = "quire-nano";
  file["language_config"] = text;
  file["tile_tag"] = "2D";
  file["global_view_pos"] = "head";
  file["image_token_id"] = image_token;
  file["projector_config"] = {{"input_dim", 2 * clip_width},
                              {"n_embed", hidden},
                              {"projector_type", "linear"},
                              {"model_type", "mlp_projector"}};
  file["vision_config"] = {{"image_size", image_size},
                           {"model_name", "deeplip_b_l"},
                           {"model_type", "vision"},
                           {"width",
                            {{"clip-l-14-224",
                              {{"heads", clip_heads},
                               {"image_size", 224},
                               {"layers", clip_layers},
                               {"patch_size", 14},
                               {"width", clip_width},
                               {"mlp_ratio", clip_mlp_ratio}}},
                             {"sam_vit_b",
                              {{"downsample_channels", {compress1, clip_width}},
                               {"global_attn_indexes", sam_global},
                               {"heads", sam_heads},
                               {"layers", sam_layers},
                               {"width", sam_width},
                               {"neck_channels", neck},
                               {"window_size", window},
                               {"patch_size", kPatch},
                               {"image_size", image_size},
                               {"mlp_ratio", 4}}}}}};
  file["quire"] = {
      {"rows_per_pass", pass.rows}, {"columns_per_pass", pass.columns}, {"int8_decoder", true}};
  return file.dump(2);
}

}  // namespace quire::train
