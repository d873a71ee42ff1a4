// A training run as a file: what model, on what data, in which stages.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "train/data_engine.h"
#include "train/optimizer.h"
#include "train/twin.h"

namespace quire::train {

// One stretch of training. Stages follow each other; each goes on from the weights of the last.
struct Stage {
  std::string name;
  int side = 512;  // pixels of the pages
  int pages = 4;   // in a batch
  long steps = 1000;
  double lr = 1e-3, final_lr = 1e-3;  // AdamW's, linear between them
  long warmup = 100;                  // steps from 0 to lr
  double hard_text = 0.35;
  int rows_per_pass = 1, columns_per_pass = 2;  // block of tokens read at once; 0: all columns
  double patch_loss = 1, slot_loss = 1, read_loss = 1, place_loss = 0.5;  // weights
  std::vector<Density> densities;  // one is drawn for each batch
};

struct Recipe {
  std::string out = "runs/nano";
  std::string
      start_from;  // a run's folder or a model directory to take weights from, "" to start anew
  std::uint64_t seed = 1;
  int threads = 0;             // 0: as many as the machine has cores
  std::string device = "cpu";  // or "cuda"
  bool bf16 = true;
  double checkpoint_minutes = 5;
  TwinConfig model;
  DataOptions data;
  OptimizerOptions optimizer;
  std::vector<Stage> stages;

  // Unknown keys are errors: a misspelt one would otherwise change a run in silence.
  static Result<Recipe> parse(const std::string& bytes);
  long total_steps() const;
};

}  // namespace quire::train
