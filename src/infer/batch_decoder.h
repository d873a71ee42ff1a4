// Decoding of many independent sequences, which come and go at any step (continuous batching): a
// step reads the weights once and takes the next id of every sequence. Each comes out as it would
// alone, bit for bit.
//
// The prompts of newcomers are read in pieces beside the others' ids, a bounded number of rows in
// each step, so that a long prompt does not keep those that are already writing waiting.
//
// What may be said next, and when to give up, is decided by hooks, so that guards (n-grams, loops,
// the shape of a page) apply on the only decoding path there is.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/status.h"
#include "model/model.h"

namespace quire {

struct Partition;  // infer/partition.h

enum class Stop { kEnd, kLimit, kLoop, kCancelled };

struct Generation {
  std::vector<std::int32_t> ids;   // without the end token
  std::vector<float> probability;  // of each id, before `constrain`
  Stop stop = Stop::kLimit;
  std::size_t guessed = 0, guessed_right = 0;  // ids that DecodeRequest::guess gave
};

struct DecodeRequest {
  ConstRows prompt;  // embeddings (rows, hidden); they stay where they are until the end
  std::size_t max_tokens = 8192;  // the context may end it sooner

  // 0: the best id each time. Above: drawn by chance from the constrained scores, the same ids for
  // the same seed.
  float temperature = 0;
  std::uint64_t seed = 0;

  // Changes the scores (vocabulary) from which the next id is taken; -infinity bans. `ids` are
  // those generated so far.
  std::function<void(std::span<const std::int32_t> ids, std::span<float> scores)> constrain = {};
  // True ends the sequence as a loop. Asked after every id.
  std::function<bool(std::span<const std::int32_t> ids)> is_loop = {};
  // Called after every id with all of them.
  std::function<void(std::span<const std::int32_t> ids)> on_token = {};
  // Guesses at most `most` ids that may follow `ids`. They go through the model with the last id,
  // and as far as each is what is then said, a step gives several ids. What is said does not depend
  // on them.
  std::function<std::vector<std::int32_t>(std::span<const std::int32_t> ids, std::size_t most)>
      guess = {};
  // Asked before every step; true ends the sequence where it is.
  std::function<bool()> is_cancelled = {};
  // Called once, last of all. Errors: kLimit when the prompt is longer than the model's context;
  // kInvalid when the scores are not numbers or all are banned.
  std::function<void(Result<Generation>)> on_end;
};

// One thread at a time; hooks run on it.
class BatchDecoder {
 public:
  // prefill_rows: rows of prompts in each step beside sequences that are writing already; without
  // such there is nobody to keep waiting, and a step takes kPrefillAlone of them. 0: all of them,
  // always.
  explicit BatchDecoder(const Model& model, std::size_t prefill_rows = kPrefillRows);
  ~BatchDecoder();

  // At least one row of prompt. What can be answered without a step is answered before this
  // returns.
  void add(DecodeRequest request);

  bool empty() const { return sequences_.empty(); }

  // One more id, or several, for every sequence that has read its prompt. The tap sees this step of
  // the model.
  void step(const Tap& tap = {});

  static constexpr std::size_t kPrefillRows = 64, kPrefillAlone = 512;

 private:
  struct Sequence;

  void drop_cancelled();
  void plan();
  void run_model(const Tap& tap);
  void choose();
  void take_all(Sequence& sequence, Rows scores, const Partition* sums);
  bool take(Sequence& sequence, std::span<float> scores, const Partition& sum);
  void end(Sequence& sequence, Result<Generation> result);
  void sweep();

  // Constant after construction.
  const Model& model_;
  const std::size_t prefill_rows_;

  DecoderState state_;
  std::vector<std::unique_ptr<Sequence>> sequences_;  // in the order they came
  Tensor x_, last_, scores_;     // (rows, hidden), (rows with scores, hidden or vocabulary)
  std::vector<float> original_;  // one row of scores, unconstrained
};

}  // namespace quire
