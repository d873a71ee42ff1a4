// The loop: draws batches in the background, steps the twin, reports, saves, and goes on where a
// killed run stopped.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/status.h"
#include "train/alphabet.h"
#include "train/data_engine.h"
#include "train/heads.h"
#include "train/optimizer.h"
#include "train/recipe.h"
#include "train/twin.h"

namespace quire::train {

// What a step measured; averages over the steps since the last report.
struct Progress {
  long step = 0, total_steps = 0;
  std::string stage;
  double read_loss = 0, slot_loss = 0, patch_loss = 0;
  double read_accuracy = 0, slot_accuracy = 0, patch_accuracy = 0, place_accuracy = 0;
  std::map<std::string, double> read_by_density;  // "8x4": read_accuracy of its latest batch
  double gradient_norm = 0, lr = 0;
  double characters_per_second = 0, seconds = 0;  // seconds: of this run so far
  double characters_seen = 0;                     // since the first step of the first run
};

class Trainer {
 public:
  // Opens the data, builds the twin, and resumes from recipe.out when a state lies there.
  static Result<std::unique_ptr<Trainer>> open(const Recipe& recipe);

  // Trains to the end of the recipe. `report` is called every few seconds; false stops after
  // saving. Errors: the disk, or a loss that is not a number (the last state is kept).
  Status run(const std::function<bool(const Progress&)>& report);

  // Writes the model as a directory the engine opens (bf16 weights).
  Status export_model(const std::string& directory) const;

  // Ends run() after this many steps of it, as a kill right after a save would.
  void stop_after(long steps) { steps_left_ = steps; }

  const Recipe& recipe() const { return recipe_; }

 private:
  explicit Trainer(const Recipe& recipe);
  Status train_step(const Batch& batch, const Stage& stage, double lr, Progress& sums);
  Status save() const;
  Status load(const std::string& path, bool weights_only);
  Status load_model(const std::string& directory);  // an exported model: weights, no heads
  std::map<std::string, torch::Tensor> parameters() const;

  Recipe recipe_;
  Alphabet alphabet_;
  std::unique_ptr<DataEngine> data_;
  Twin twin_;
  GlyphHeads heads_;
  std::unique_ptr<Optimizer> optimizer_;
  long step_ = 0, steps_left_ = -1;
  double characters_seen_ = 0;
};

// The densities, page and stage that step number `step` of the recipe uses.
struct StepPlan {
  const Stage* stage = nullptr;
  long stage_step = 0;
  BatchRequest request;
  double lr = 0;
};
StepPlan plan_step(const Recipe& recipe, long step);

}  // namespace quire::train
