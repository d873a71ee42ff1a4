#include "model/config.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace quire {
namespace {

using nlohmann::json;

// The official values (architecture.md, section 2).
json official() {
  return json::parse(R"({
    "model_type": "deepseek_vl_v2", "tile_tag": "2D",
    "language_config": {"bos_token_id": 0, "eos_token_id": 1, "hidden_size": 1280, "num_hidden_layers": 12,
      "num_attention_heads": 10, "num_key_value_heads": 10, "intermediate_size": 6848,
      "moe_intermediate_size": 896, "n_routed_experts": 64, "n_shared_experts": 2, "num_experts_per_tok": 6,
      "first_k_dense_replace": 1, "topk_method": "greedy", "n_group": 1, "topk_group": 1,
      "max_position_embeddings": 8192, "vocab_size": 129280, "use_mla": false, "q_lora_rank": null},
    "projector_config": {"input_dim": 2048, "n_embed": 1280, "projector_type": "linear"},
    "vision_config": {"image_size": 1024, "mlp_ratio": 3.7362, "width": {
      "sam_vit_b": {"width": 768, "heads": 12, "layers": 12, "global_attn_indexes": [2, 5, 8, 11],
        "downsample_channels": [512, 1024]},
      "clip-l-14-224": {"width": 1024, "heads": 16, "layers": 24, "image_size": 224, "patch_size": 14}}}})");
}

Config parsed(const json& file) {
  const Result<Config> config = Config::parse(file.dump());
  EXPECT_TRUE(config) << config.status().message();
  return config ? *config : Config{};
}

void expect_error(const json& file, const std::string& part) {
  const Result<Config> config = Config::parse(file.dump());
  ASSERT_FALSE(config) << "expected: " << part;
  EXPECT_NE(config.status().message().find(part), std::string::npos) << config.status().message();
}

TEST(Config, OfficialValuesAndDefaults) {
  const Config c = parsed(official());
  EXPECT_EQ(c.sam.width, 768u);
  EXPECT_EQ(c.sam.mlp_width, 3072u) << "the vision_config's own mlp_ratio is not used";
  EXPECT_EQ(c.sam.window, 14u);
  EXPECT_EQ(c.sam.table_side, 64u);
  EXPECT_EQ(c.sam.neck, 256u);
  EXPECT_EQ(c.sam.compress1, 512u);
  EXPECT_TRUE(c.sam.global[2] && c.sam.global[11] && !c.sam.global[0]);
  EXPECT_EQ(c.clip.mlp_width, 4096u);
  EXPECT_EQ(c.text.head_size(), 128u);
  EXPECT_EQ(c.text.eps, 1e-6f);
  EXPECT_EQ(c.text.rope_theta, 10000.0);
  EXPECT_FALSE(c.text.is_mixture(0));
  EXPECT_TRUE(c.text.is_mixture(1));
  EXPECT_FALSE(c.text.normalize_weights);
  EXPECT_EQ(c.image_token, 128815);
  EXPECT_FALSE(c.reads_in_passes);
  for (auto [side, tokens] :
       {std::pair<int, int>{512, 8}, {640, 10}, {1024, 16}, {1280, 20}, {64, 1}}) {
    EXPECT_EQ(c.token_side(static_cast<std::size_t>(side)), static_cast<std::size_t>(tokens));
  }
}

TEST(Config, TextKeysFallBackToTheTopLevel) {
  json file = official();
  for (auto& [key, value] : file["language_config"].items()) file[key] = value;
  file.erase("language_config");
  EXPECT_EQ(parsed(file).text.hidden, 1280u);
  file["language_config"] = {{"hidden_size", 2560}};  // stands before the top level
  file["projector_config"].erase("n_embed");
  EXPECT_EQ(parsed(file).text.hidden, 2560u);
}

TEST(Config, ADecoderWithoutExpertsNeedsNoneOfTheirKeys) {
  json file = official();
  for (const char* key :
       {"n_routed_experts", "n_shared_experts", "num_experts_per_tok", "moe_intermediate_size"}) {
    file["language_config"][key] = 0;
  }
  EXPECT_FALSE(parsed(file).text.is_mixture(5));
  file = official();
  file["language_config"]["first_k_dense_replace"] = 12;
  file["language_config"].erase("num_experts_per_tok");
  EXPECT_FALSE(parsed(file).text.is_mixture(11));
}

TEST(Config, OwnKeys) {
  json file = official();
  file["quire"] = {{"rows_per_pass", 1}, {"columns_per_pass", 2}};
  file["image_token_id"] = 480;
  file["vision_config"]["width"]["sam_vit_b"].update(
      {{"neck_channels", 32}, {"window_size", 8}, {"image_size", 512}});
  const Config c = parsed(file);
  EXPECT_TRUE(c.reads_in_passes);
  EXPECT_EQ(c.rows_per_pass, 1u);
  EXPECT_EQ(c.columns_per_pass, 2u);
  EXPECT_EQ(c.image_token, 480);
  EXPECT_EQ(c.sam.neck, 32u);
  EXPECT_EQ(c.sam.window, 8u);
  EXPECT_EQ(c.sam.table_side, 32u);
}

TEST(Config, EveryLimitHasASentence) {
  struct Case {
    const char* pointer;
    json value;
    const char* error;
  };
  const Case cases[] = {
      {"/language_config/hidden_size", 0, "hidden_size"},
      {"/language_config/hidden_size", -1280, "hidden_size"},
      {"/language_config/hidden_size", "1280", "hidden_size"},
      {"/language_config/hidden_size", 1e18, "hidden_size"},
      {"/language_config/num_attention_heads", 7, "not a multiple"},
      {"/language_config/num_key_value_heads", 3, "num_key_value_heads"},
      {"/language_config/num_hidden_layers", 1 << 20, "num_hidden_layers"},
      {"/language_config/num_experts_per_tok", 65, "num_experts_per_tok"},
      {"/language_config/eos_token_id", 129280, "outside the vocabulary"},
      {"/language_config/rms_norm_eps", 0, "rms_norm_eps"},
      {"/language_config/use_mla", true, "use_mla"},
      {"/language_config/rope_scaling", {{"type", "linear"}}, "rope_scaling"},
      {"/language_config/topk_method", "group_limited_greedy", "topk_method"},
      {"/language_config/scoring_func", "sigmoid", "scoring_func"},
      {"/language_config/hidden_act", "gelu", "hidden_act"},
      {"/tile_tag", "1D", "tile_tag"},
      {"/projector_config/projector_type", "mlp_gelu", "projector_type"},
      {"/projector_config/input_dim", 1024, "projector"},
      {"/vision_config/width/sam_vit_b/global_attn_indexes", {2, 12}, "names block 12"},
      {"/vision_config/width/sam_vit_b/downsample_channels", {512, 512}, "downsample_channels"},
      {"/vision_config/width/sam_vit_b/downsample_channels", json::array({512}),
       "downsample_channels"},
      {"/vision_config/width/sam_vit_b/mlp_ratio", -1, "mlp_ratio"},
      {"/vision_config/width/clip-l-14-224/heads", 0, "heads"},
      {"/quire", {{"rows_per_pass", -1}}, "rows_per_pass"},
  };
  for (const Case& c : cases) {
    json file = official();
    file[json::json_pointer(c.pointer)] = c.value;
    expect_error(file, c.error);
  }
  for (const char* key : {"language_config", "vision_config"}) {
    json file = official();
    file.erase(key);
    EXPECT_FALSE(Config::parse(file.dump())) << key;
  }
  for (const char* text : {"", "[]", "null", "{", "{}", "\xff"})
    EXPECT_FALSE(Config::parse(text)) << text;
}

}  // namespace
}  // namespace quire
