// Several prompts decoded to their ends at once, by a call that waits for them. Calls from several
// threads to one SharedDecoder are decoded together, step by step in one BatchDecoder.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <vector>

#include "base/cancel.h"
#include "base/status.h"
#include "infer/batch_decoder.h"

namespace quire {

struct GenerateOptions {
  // Of each sequence, as in DecodeRequest.
  std::size_t max_tokens = 8192;
  float temperature = 0;
  std::uint64_t seed = 0;
  std::function<void(std::size_t sequence, std::span<const std::int32_t> ids,
                     std::span<float> scores)>
      constrain = {};
  std::function<bool(std::size_t sequence, std::span<const std::int32_t> ids)> is_loop = {};
  std::function<std::vector<std::int32_t>(std::size_t sequence, std::span<const std::int32_t> ids,
                                          std::size_t most)>
      guess = {};

  // Called after every id with the number of all ids so far; false ends all sequences.
  std::function<bool(std::size_t total)> on_token = {};
  // Called after every id with those of its sequence.
  std::function<void(std::size_t sequence, std::span<const std::int32_t> ids)> on_id = {};

  Cancel cancel = {};  // ends all sequences

  Tap tap = {};  // sees the prefill of the first sequence when it is alone; generate() only
};

// Safe to use from any number of threads. There is no thread of its own: whoever finds nobody at
// work steps the batch for all, until its own sequences are done; so hooks may run on another
// caller's thread, never two at a time, and must not wait for anything.
class SharedDecoder {
 public:
  // The model must outlive it. prefill_rows: as in BatchDecoder.
  explicit SharedDecoder(const Model& model, std::size_t prefill_rows = BatchDecoder::kPrefillRows)
      : batch_(model, prefill_rows) {}

  // inputs: the embeddings of each prompt, (rows, hidden), at least one row. Errors: kLimit when a
  // prompt is longer than the model's context; kInvalid when the scores are not numbers or all are
  // banned.
  Result<std::vector<Generation>> generate(std::span<const Tensor> inputs,
                                           const GenerateOptions& options);

 private:
  struct Call;
  // The sequence of one of a call's inputs.
  DecodeRequest request(Call& call, std::size_t index, const Tensor& input);

  BatchDecoder batch_;  // of whoever set working_

  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  std::vector<DecodeRequest> arrivals_;
  bool working_ = false;
};

// The same for a caller that is alone; whole prompts at once.
Result<std::vector<Generation>> generate(const Model& model, std::span<const Tensor> inputs,
                                         const GenerateOptions& options);

}  // namespace quire
