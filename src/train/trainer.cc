#include "train/trainer.h"

#include <chrono>
#include <cmath>
#include <filesystem>
#include <thread>

#include "format/checkpoint.h"
#include "train/export.h"
#include "train/prefetch.h"

namespace quire::train {
namespace {

using torch::Tensor;
using Clock = std::chrono::steady_clock;

constexpr double kReportSeconds = 10;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

StepPlan plan_step(const Recipe& recipe, long step) {
  StepPlan plan;
  plan.stage = &recipe.stages.back();
  plan.stage_step = step;
  for (const Stage& stage : recipe.stages) {
    if (plan.stage_step < stage.steps) {
      plan.stage = &stage;
      break;
    }
    plan.stage_step -= stage.steps;
  }
  const Stage& stage = *plan.stage;
  plan.request.side = stage.side;
  plan.request.pages = stage.pages;
  plan.request.rows_per_pass = stage.rows_per_pass;
  plan.request.columns_per_pass = stage.columns_per_pass;
  plan.request.hard_text = stage.hard_text;
  std::mt19937_64 random(recipe.seed * 0xD1B54A32D192ED03ull + static_cast<std::uint64_t>(step));
  plan.request.density = stage.densities[random() % stage.densities.size()];
  const double done = static_cast<double>(plan.stage_step) / static_cast<double>(stage.steps);
  plan.lr = stage.lr + (stage.final_lr - stage.lr) * done;
  if (plan.stage_step < stage.warmup)
    plan.lr *= static_cast<double>(plan.stage_step + 1) / static_cast<double>(stage.warmup);
  return plan;
}

Trainer::Trainer(const Recipe& recipe)
    : recipe_(recipe), twin_(recipe.model), heads_(recipe.model, alphabet_.classes()) {}

Result<std::unique_ptr<Trainer>> Trainer::open(const Recipe& recipe) {
  if (recipe.device == "cuda" && !torch::cuda::is_available()) {
    return unsupported("the recipe asks for device 'cuda', but this libtorch sees no CUDA device");
  }
  // libtorch may start with one thread; say how many.
  torch::set_num_threads(
      recipe.threads > 0 ? recipe.threads : static_cast<int>(std::thread::hardware_concurrency()));
  torch::manual_seed(recipe.seed);

  std::unique_ptr<Trainer> trainer(new Trainer(recipe));
  Result<std::unique_ptr<DataEngine>> data = DataEngine::open(recipe.data, trainer->alphabet_);
  if (!data) return data.status();
  trainer->data_ = std::move(*data);
  const torch::Device device(recipe.device);
  trainer->twin_.to(device);
  trainer->heads_.to(device);
  trainer->twin_.set_bf16(recipe.bf16);
  trainer->optimizer_ = std::make_unique<Optimizer>(trainer->parameters(), recipe.optimizer);

  const std::string state = recipe.out + "/state.pt";
  std::error_code error;
  std::filesystem::create_directories(recipe.out, error);
  if (error) return io_error(recipe.out + ": cannot make this folder: " + error.message());
  if (std::filesystem::exists(state)) {
    QUIRE_TRY(trainer->load(state, false));
  } else if (!recipe.start_from.empty()) {
    const std::string earlier = recipe.start_from + "/state.pt";
    QUIRE_TRY(std::filesystem::exists(earlier) ? trainer->load(earlier, true)
                                               : trainer->load_model(recipe.start_from));
  }
  return trainer;
}

std::map<std::string, Tensor> Trainer::parameters() const {
  std::map<std::string, Tensor> all = twin_.weights();
  all.insert(heads_.weights().begin(), heads_.weights().end());
  return all;
}

Status Trainer::train_step(const Batch& batch, const Stage& stage, double lr, Progress& sums) {
  const torch::Device device(recipe_.device);
  const auto at_device = [&](const Tensor& t) { return t.to(device); };
  const Tensor pixels = at_device(batch.pixels).to(torch::kFloat32) / 127.5 - 1.0;
  optimizer_->zero_grad();
  const Twin::Vision vision = twin_.encode(pixels);
  Tensor loss = torch::zeros({}, device);
  GlyphHeads::Score read, slots, patches, places;
  if (stage.patch_loss > 0) {
    patches = heads_.patches(vision.sam, at_device(batch.patches));
    loss = loss + stage.patch_loss * patches.loss;
    sums.patch_loss += patches.loss.item<double>();
    sums.patch_accuracy += patches.accuracy.item<double>();
  }
  if (stage.slot_loss > 0) {
    slots = heads_.slots(vision.tokens, at_device(batch.slots), batch.density);
    loss = loss + stage.slot_loss * slots.loss;
    sums.slot_loss += slots.loss.item<double>();
    sums.slot_accuracy += slots.accuracy.item<double>();
  }
  if (stage.read_loss > 0) {
    const int64_t n = vision.tokens.size(0), q = vision.tokens.size(1),
                  width = vision.tokens.size(3);
    const int64_t down = stage.rows_per_pass,
                  across = stage.columns_per_pass > 0 ? stage.columns_per_pass : q;
    const Tensor blocks = vision.tokens.view({n, q / down, down, q / across, across, width})
                              .permute({0, 1, 3, 2, 4, 5})
                              .reshape({-1, down, across, width});
    const Tensor pictures = twin_.assemble(blocks);
    const int64_t passes = pictures.size(0), length = batch.target.size(1);
    const Tensor bos = twin_.embed(torch::full(
        {passes, 1}, Alphabet::kBos, torch::TensorOptions().dtype(torch::kLong).device(device)));
    const Twin::Decoding decoding =
        twin_.decode(torch::cat({bos, pictures, twin_.embed(at_device(batch.input))}, 1));
    const auto asked = [&](const Tensor& x) { return x.slice(1, x.size(1) - length); };
    read = classify(twin_.logits(asked(decoding.states)), at_device(batch.target), false);
    loss = loss + stage.read_loss * read.loss;
    if (stage.place_loss > 0) {
      places = heads_.places(asked(decoding.first), at_device(batch.places));
      loss = loss + stage.place_loss * places.loss;
      sums.place_accuracy += places.accuracy.item<double>();
    }
    sums.read_loss += read.loss.item<double>();
    const double accuracy = read.accuracy.item<double>();
    sums.read_accuracy += accuracy;
    sums.read_by_density[std::to_string(batch.density.across) + "x" +
                         std::to_string(batch.density.rows)] = accuracy;
  }
  if (!std::isfinite(loss.item<double>())) {
    return internal("the loss is not a number at step " + std::to_string(step_) +
                    "; lower the learning rate and start again from the last state");
  }
  loss.backward();
  sums.gradient_norm += optimizer_->step(lr);
  return {};
}

Status Trainer::run(const std::function<bool(const Progress&)>& report) {
  const long total = recipe_.total_steps();
  if (step_ >= total) return {};
  Prefetch batches(*data_, recipe_, step_);
  const Clock::time_point start = Clock::now();
  Clock::time_point last_report = start, last_save = start;
  Progress sums;
  long count = 0;
  double characters = 0;
  while (step_ < total && steps_left_ != 0) {
    --steps_left_;
    const StepPlan plan = plan_step(recipe_, step_);
    const Batch batch = batches.take();
    QUIRE_TRY(train_step(batch, *plan.stage, plan.lr, sums));
    ++step_;
    ++count;
    characters += static_cast<double>(batch.characters);
    characters_seen_ += static_cast<double>(batch.characters);

    const double since = seconds_since(last_report);
    if (since >= kReportSeconds || step_ == total) {
      Progress mean = sums;
      for (double* value :
           {&mean.read_loss, &mean.slot_loss, &mean.patch_loss, &mean.read_accuracy,
            &mean.slot_accuracy, &mean.patch_accuracy, &mean.place_accuracy, &mean.gradient_norm}) {
        *value /= static_cast<double>(count);
      }
      mean.step = step_;
      mean.total_steps = total;
      mean.stage = plan.stage->name;
      mean.lr = plan.lr;
      mean.seconds = seconds_since(start);
      mean.characters_per_second = characters / since;
      mean.characters_seen = characters_seen_;
      sums = {};
      count = 0;
      characters = 0;
      last_report = Clock::now();
      if (!report(mean)) return save();
    }
    if (seconds_since(last_save) >= recipe_.checkpoint_minutes * 60) {
      QUIRE_TRY(save());
      last_save = Clock::now();
    }
  }
  return save();
}

Status Trainer::save() const {
  torch::serialize::OutputArchive archive;
  for (const auto& [name, tensor] : parameters()) archive.write(name, tensor.detach().cpu());
  for (const auto& [name, tensor] : optimizer_->state())
    archive.write("optimizer." + name, tensor.detach().cpu());
  archive.write("step", torch::tensor(static_cast<int64_t>(step_)));
  archive.write("characters_seen", torch::tensor(characters_seen_, torch::kFloat64));
  // Written aside and renamed: a kill in the middle leaves the state before.
  const std::string path = recipe_.out + "/state.pt", aside = path + ".new";
  try {
    archive.save_to(aside);
  } catch (const std::exception&) {
    return io_error(aside + ": cannot write the training state there; is the disk full?");
  }
  std::error_code error;
  std::filesystem::rename(aside, path, error);
  if (error) return io_error(path + ": " + error.message());
  return {};
}

Status Trainer::export_model(const std::string& directory) const {
  const Stage& last = recipe_.stages.back();
  return export_twin(twin_, alphabet_, {last.rows_per_pass, last.columns_per_pass}, directory);
}

Status Trainer::load(const std::string& path, bool weights_only) {
  torch::NoGradGuard no_grad;
  try {
    torch::serialize::InputArchive archive;
    archive.load_from(path);
    for (auto& [name, tensor] : parameters()) {
      Tensor saved;
      // A run may start from one that had not all of today's heads.
      if (!archive.try_read(name, saved)) {
        if (!weights_only) return invalid(path + ": lacks '" + name + "'");
        continue;
      }
      if (saved.sizes() != tensor.sizes()) {
        if (!weights_only)
          return invalid(path + ": '" + name + "' has another shape than the recipe's model");
        // A larger table gives what fits; anything else starts anew.
        for (int64_t d = 0; d < saved.dim() && saved.dim() == tensor.dim(); ++d) {
          saved = saved.slice(d, 0, tensor.size(d));
        }
        if (saved.sizes() != tensor.sizes()) continue;
      }
      Tensor target = tensor;
      target.copy_(saved);
    }
    if (weights_only) return {};
    std::map<std::string, Tensor> state;
    for (const auto& [name, tensor] : optimizer_->state())
      archive.read("optimizer." + name, state[name]);
    Tensor step, characters;
    archive.read("step", step);
    archive.read("characters_seen", characters);
    step_ = step.item<int64_t>();
    characters_seen_ = characters.item<double>();
    optimizer_->load_state(state, step_);
  } catch (const std::exception&) {
    return invalid(path +
                   ": not a training state of this recipe's model; move it away to start anew");
  }
  return {};
}

Status Trainer::load_model(const std::string& directory) {
  const Result<Checkpoint> checkpoint = Checkpoint::open(directory);
  QUIRE_TRY(checkpoint);
  torch::NoGradGuard no_grad;
  for (const auto& [name, weight] : twin_.weights()) {
    const Result<TensorView> saved = checkpoint->find(name);
    QUIRE_TRY(saved);
    const torch::IntArrayRef shape = weight.sizes();
    if (!std::equal(saved->shape.begin(), saved->shape.end(), shape.begin(), shape.end())) {
      return invalid(directory + ": '" + name + "' has another shape than the recipe's model");
    }
    const Tensor values = torch::empty(shape);
    to_float(*saved, values.data_ptr<float>());
    Tensor target = weight;
    target.copy_(values);
  }
  return {};
}

}  // namespace quire::train
