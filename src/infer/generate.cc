#include "infer/generate.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "infer/sampler.h"

namespace quire {
namespace {

// The sum of e^(score - top), and top, from which any id's probability follows.
struct Partition {
  explicit Partition(std::span<const float> scores)
      : top(*std::max_element(scores.begin(), scores.end())) {
    for (float score : scores) sum += std::exp(score - top);
  }
  float probability(float score) const { return static_cast<float>(std::exp(score - top) / sum); }

  float top;
  double sum = 0;
};

class Batch {
 public:
  Batch(const Model& model, std::span<const Tensor> inputs, const GenerateOptions& options)
      : model_(model), options_(options), state_(model.config().text), results_(inputs.size()) {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      caches_.emplace_back(model.config().text);
      samplers_.emplace_back(options.temperature, options.seed);
      active_.push_back(i);
    }
  }

  Result<std::vector<Generation>> run(std::span<const Tensor> inputs) {
    prefill(inputs);
    while (true) {
      QUIRE_TRY(choose());
      if (active_.empty()) return std::move(results_);
      step();
    }
  }

 private:
  // All prompts at once; their last rows go on to choose().
  void prefill(std::span<const Tensor> inputs) {
    std::vector<Segment> segments;
    std::size_t rows = 0;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      segments.push_back({&caches_[i], rows_of(inputs[i]).rows});
      rows += segments.back().rows;
    }
    Tensor x;
    const Rows all = resize(x, rows, model_.config().text.hidden);
    float* to = all.data;
    for (const Tensor& input : inputs) to = std::copy(input.values.begin(), input.values.end(), to);
    model_.decode(segments, state_, all, inputs.size() == 1 ? options_.tap : Tap{});

    const Rows last = resize(last_, inputs.size(), all.cols);
    std::size_t end = 0;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      end += segments[i].rows;
      std::copy_n(all.row(end - 1), all.cols, last.row(i));
    }
  }

  // One more row for each active sequence: the id chosen last.
  void step() {
    std::vector<Segment> segments;
    std::vector<std::int32_t> ids;
    for (std::size_t sequence : active_) {
      segments.push_back({&caches_[sequence], 1});
      ids.push_back(results_[sequence].ids.back());
    }
    const Rows x = resize(last_, ids.size(), model_.config().text.hidden);
    model_.embed(ids, x);
    model_.decode(segments, state_, x);
  }

  // Takes the next id of every active sequence; those that end leave.
  Status choose() {
    const TextConfig& config = model_.config().text;
    const Rows scores = resize(scores_, active_.size(), config.vocabulary);
    const Tap tap = results_.size() == 1 && results_[0].ids.empty() ? options_.tap : Tap{};
    model_.logits(rows_of(last_), state_, scores, tap);

    std::vector<std::size_t> going;
    for (std::size_t i = 0; i < active_.size(); ++i) {
      const std::size_t sequence = active_[i];
      Generation& result = results_[sequence];
      const std::span<float> row(scores.row(i), scores.cols);
      const Partition partition(row);
      original_.assign(row.begin(), row.end());
      if (options_.constrain) options_.constrain(sequence, result.ids, row);
      const std::optional<std::int32_t> id = samplers_[sequence].choose(row);
      if (!id || !(partition.sum > 0)) {
        return invalid(
            "the model's scores for the next token are not numbers, or all are banned; its weights "
            "may be damaged");
      }
      if (*id == config.eos) {
        result.stop = Stop::kEnd;
        continue;
      }
      result.ids.push_back(*id);
      result.probability.push_back(partition.probability(original_[static_cast<std::size_t>(*id)]));
      ++total_;
      if (options_.on_token && !options_.on_token(total_)) cancelled_ = true;
      if (options_.is_loop && options_.is_loop(sequence, result.ids)) {
        result.stop = Stop::kLoop;
      } else if (result.ids.size() < options_.max_tokens &&
                 caches_[sequence].length() < config.max_positions) {
        going.push_back(sequence);
      }
    }
    if (cancelled_) {
      for (std::size_t sequence : going) results_[sequence].stop = Stop::kCancelled;
      going.clear();
    }
    active_ = std::move(going);
    return {};
  }

  // Constant after construction.
  const Model& model_;
  const GenerateOptions& options_;

  DecoderState state_;
  std::vector<KvCache> caches_;      // by sequence
  std::vector<Sampler> samplers_;    // by sequence
  std::vector<Generation> results_;  // by sequence
  std::vector<std::size_t> active_;  // sequences that go on
  Tensor last_, scores_;             // (active, hidden), (active, vocabulary)
  std::vector<float> original_;      // one row of scores, unconstrained
  std::size_t total_ = 0;
  bool cancelled_ = false;
};

}  // namespace

Result<std::vector<Generation>> generate(const Model& model, std::span<const Tensor> inputs,
                                         const GenerateOptions& options) {
  const TextConfig& config = model.config().text;
  for (const Tensor& input : inputs) {
    QUIRE_CHECK(rows_of(input).cols == config.hidden && rows_of(input).rows > 0);
    if (rows_of(input).rows > config.max_positions) {
      return over_limit("the prompt has " + std::to_string(rows_of(input).rows) +
                        " tokens, pictures included; the model's context holds " +
                        std::to_string(config.max_positions));
    }
  }
  if (inputs.empty() || options.max_tokens == 0) return std::vector<Generation>(inputs.size());
  return Batch(model, inputs, options).run(inputs);
}

}  // namespace quire
