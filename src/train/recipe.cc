#include "train/recipe.h"

#include <nlohmann/json.hpp>

#include "train/heads.h"

namespace quire::train {
namespace {

using nlohmann::json;

// Takes known keys out of an object; what is left over at the end is an error.
class Fields {
 public:
  Fields(const json& object, std::string where) : object_(object), where_(std::move(where)) {
    if (!object_.is_object()) fail("must be an object");
  }
  template <typename T>
  void take(const char* key, T& value) {
    if (!status_.ok() || !object_.contains(key)) return;
    try {
      value = object_.at(key).get<T>();
    } catch (const json::exception&) {
      fail(std::string("'") + key + "' has the wrong type");
    }
    object_.erase(key);
  }
  const json* child(const char* key) {
    if (!status_.ok() || !object_.contains(key)) return nullptr;
    children_.push_back(std::make_unique<json>(object_.at(key)));
    object_.erase(key);
    return children_.back().get();
  }
  void check(const Status& status) {
    if (status_.ok()) status_ = status;
  }
  void fail(const std::string& message) { check(invalid(where_ + ": " + message)); }
  Status finish() {
    if (status_.ok() && !object_.empty()) fail("unknown key '" + object_.begin().key() + "'");
    return status_;
  }

 private:
  json object_;
  std::string where_;
  Status status_;
  std::vector<std::unique_ptr<json>> children_;
};

Status parse_model(const json& object, TwinConfig& model) {
  Fields f(object, "recipe, model");
  f.take("sam_width", model.sam_width);
  f.take("sam_layers", model.sam_layers);
  f.take("sam_heads", model.sam_heads);
  f.take("window", model.window);
  f.take("neck", model.neck);
  f.take("sam_global", model.sam_global);
  f.take("compress1", model.compress1);
  f.take("image_size", model.image_size);
  f.take("clip_width", model.clip_width);
  f.take("clip_layers", model.clip_layers);
  f.take("clip_heads", model.clip_heads);
  f.take("clip_mlp_ratio", model.clip_mlp_ratio);
  f.take("hidden", model.hidden);
  f.take("layers", model.layers);
  f.take("heads", model.heads);
  f.take("intermediate", model.intermediate);
  if (model.sam_width % model.sam_heads != 0 || model.clip_width % model.clip_heads != 0 ||
      model.hidden % (2 * model.heads) != 0 || model.image_size % kTokenPixels != 0) {
    f.fail("widths must be multiples of the number of heads, image_size one of 64");
  }
  return f.finish();
}

Status parse_stage(const json& object, std::size_t index, Stage& stage) {
  Fields f(object, "recipe, stage " + std::to_string(index + 1));
  f.take("name", stage.name);
  f.take("side", stage.side);
  f.take("pages", stage.pages);
  f.take("steps", stage.steps);
  f.take("lr", stage.lr);
  stage.final_lr = stage.lr;
  f.take("final_lr", stage.final_lr);
  f.take("warmup", stage.warmup);
  f.take("hard_text", stage.hard_text);
  f.take("rows_per_pass", stage.rows_per_pass);
  f.take("columns_per_pass", stage.columns_per_pass);
  f.take("patch_loss", stage.patch_loss);
  f.take("slot_loss", stage.slot_loss);
  f.take("read_loss", stage.read_loss);
  f.take("place_loss", stage.place_loss);
  std::vector<std::pair<int, int>> densities;
  f.take("densities", densities);
  for (const auto& [across, rows] : densities) {
    if (across < 1 || across > kMaxAcross || rows < 1 || rows > kMaxRows) {
      f.fail("a density is [across, rows], at most [" + std::to_string(kMaxAcross) + ", " +
             std::to_string(kMaxRows) + "]");
    }
    stage.densities.push_back({across, rows});
  }
  if (stage.densities.empty()) f.fail("needs 'densities', such as [[7, 3]]");
  if (stage.side < kTokenPixels || stage.side % kTokenPixels != 0)
    f.fail("'side' must be a multiple of 64");
  const int tokens = stage.side / kTokenPixels;
  if (stage.rows_per_pass < 1 || tokens % stage.rows_per_pass != 0 || stage.columns_per_pass < 0 ||
      (stage.columns_per_pass > 0 && tokens % stage.columns_per_pass != 0)) {
    f.fail(
        "'rows_per_pass' and 'columns_per_pass' must divide the token rows of a page (side / 64)");
  }
  if (stage.pages < 1 || stage.steps < 1) f.fail("'pages' and 'steps' must be at least 1");
  return f.finish();
}

}  // namespace

Result<Recipe> Recipe::parse(const std::string& bytes) {
  const json file = json::parse(bytes, nullptr, false, true);
  if (file.is_discarded()) return invalid("the recipe is not valid JSON");
  Recipe recipe;
  Fields f(file, "recipe");
  f.take("out", recipe.out);
  f.take("start_from", recipe.start_from);
  f.take("seed", recipe.seed);
  f.take("threads", recipe.threads);
  f.take("device", recipe.device);
  f.take("bf16", recipe.bf16);
  f.take("checkpoint_minutes", recipe.checkpoint_minutes);
  f.take("texts", recipe.data.texts);
  f.take("fonts", recipe.data.fonts);
  f.take("muon", recipe.optimizer.muon);
  f.take("muon_lr_ratio", recipe.optimizer.muon_lr_ratio);
  f.take("weight_decay", recipe.optimizer.weight_decay);
  f.take("clip_norm", recipe.optimizer.clip_norm);
  recipe.data.seed = recipe.seed;
  if (const json* model = f.child("model")) f.check(parse_model(*model, recipe.model));
  if (const json* stages = f.child("stages")) {
    for (std::size_t i = 0; stages->is_array() && i < stages->size(); ++i) {
      recipe.stages.emplace_back();
      f.check(parse_stage((*stages)[i], i, recipe.stages.back()));
    }
  }
  if (recipe.stages.empty()) f.fail("needs 'stages'");
  if (recipe.device != "cpu" && recipe.device != "cuda") f.fail("'device' is cpu or cuda");
  if (const Status status = f.finish(); !status.ok()) return status;
  return recipe;
}

long Recipe::total_steps() const {
  long sum = 0;
  for (const Stage& stage : stages) sum += stage.steps;
  return sum;
}

}  // namespace quire::train
