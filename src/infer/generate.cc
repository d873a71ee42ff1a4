#include "infer/generate.h"

#include <utility>

namespace quire {

// One caller's sequences. What is not marked is touched by the working thread alone until `left` is
// nought, and then by the caller.
struct SharedDecoder::Call {
  const GenerateOptions& options;
  std::vector<Generation> results;
  std::size_t left;  // sequences that have not ended; guarded by mutex_
  Status problem;
  std::size_t total = 0;  // ids
  bool stopped = false;
};

Result<std::vector<Generation>> SharedDecoder::generate(std::span<const Tensor> inputs,
                                                        const GenerateOptions& options) {
  Call call{options, std::vector<Generation>(inputs.size()), inputs.size(), {}};
  std::vector<DecodeRequest> requests;
  for (std::size_t i = 0; i < inputs.size(); ++i) requests.push_back(request(call, i, inputs[i]));

  std::unique_lock lock(mutex_);
  std::move(requests.begin(), requests.end(), std::back_inserter(arrivals_));
  while (true) {
    changed_.wait(lock, [&] { return call.left == 0 || !working_; });
    if (call.left == 0) break;
    working_ = true;
    for (Tap tap = inputs.size() == 1 ? options.tap : Tap{}; call.left > 0; tap = {}) {
      const std::vector<DecodeRequest> arrivals = std::exchange(arrivals_, {});
      lock.unlock();
      for (const DecodeRequest& arrival : arrivals) batch_.add(arrival);
      batch_.step(tap);
      lock.lock();
    }
    working_ = false;
    changed_.notify_all();
  }
  if (!call.problem.ok()) return call.problem;
  return std::move(call.results);
}

DecodeRequest SharedDecoder::request(Call& call, std::size_t index, const Tensor& input) {
  const GenerateOptions& options = call.options;
  DecodeRequest request;
  request.prompt = rows_of(input);
  request.max_tokens = options.max_tokens;
  request.temperature = options.temperature;
  request.seed = options.seed;
  if (options.constrain) {
    request.constrain = [&options, index](std::span<const std::int32_t> ids,
                                          std::span<float> scores) {
      options.constrain(index, ids, scores);
    };
  }
  if (options.is_loop) {
    request.is_loop = [&options, index](std::span<const std::int32_t> ids) {
      return options.is_loop(index, ids);
    };
  }
  if (options.guess) {
    request.guess = [&options, index](std::span<const std::int32_t> ids, std::size_t most) {
      return options.guess(index, ids, most);
    };
  }
  request.on_token = [&call, index](std::span<const std::int32_t> ids) {
    if (call.options.on_id) call.options.on_id(index, ids);
    ++call.total;
    if (call.options.on_token && !call.options.on_token(call.total)) call.stopped = true;
  };
  request.is_cancelled = [&call] { return call.stopped || call.options.cancel.asked(); };
  request.on_end = [this, &call, index](Result<Generation> result) {
    if (result) {
      call.results[index] = *std::move(result);
    } else if (call.problem.ok()) {
      call.problem = result.status();
      call.stopped = true;
    }
    const std::lock_guard lock(mutex_);
    if (--call.left == 0) changed_.notify_all();  // `call` may be gone from here on
  };
  return request;
}

Result<std::vector<Generation>> generate(const Model& model, std::span<const Tensor> inputs,
                                         const GenerateOptions& options) {
  return SharedDecoder(model, 0).generate(inputs, options);
}

}  // namespace quire
