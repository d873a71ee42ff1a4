// Decoding of several independent sequences in lockstep: every step reads the weights once for all
// of them. Each sequence comes out as it would alone, bit for bit.
//
// What may be said next, and when to give up, is decided by hooks, so that guards (n-grams, loops,
// the shape of a page) apply on the only decoding path there is.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/status.h"
#include "model/model.h"

namespace quire {

struct GenerateOptions {
  std::size_t max_tokens = 8192;  // for each sequence; the context may end it sooner

  // 0: the best id each time. Above: drawn by chance from the constrained scores, the same ids for
  // the same seed.
  float temperature = 0;
  std::uint64_t seed = 0;

  // Changes the scores (vocabulary) from which the next id of a sequence is taken; -infinity bans.
  // `ids` are those generated so far.
  std::function<void(std::size_t sequence, std::span<const std::int32_t> ids,
                     std::span<float> scores)>
      constrain = {};
  // True ends the sequence as a loop. Asked after every id.
  std::function<bool(std::size_t sequence, std::span<const std::int32_t> ids)> is_loop = {};
  // Called after every id with the number of all ids so far; false ends all sequences.
  std::function<bool(std::size_t total)> on_token = {};

  Tap tap = {};  // sees the prefill of the first sequence when it is alone
};

enum class Stop { kEnd, kLimit, kLoop, kCancelled };

struct Generation {
  std::vector<std::int32_t> ids;   // without the end token
  std::vector<float> probability;  // of each id, before `constrain`
  Stop stop = Stop::kLimit;
};

// inputs: the embeddings of each prompt, (rows, hidden), at least one row. Errors: kLimit when a
// prompt is longer than the model's context; kInvalid when the scores are not numbers or all are
// banned.
Result<std::vector<Generation>> generate(const Model& model, std::span<const Tensor> inputs,
                                         const GenerateOptions& options);

}  // namespace quire
