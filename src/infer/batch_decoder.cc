#include "infer/batch_decoder.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "infer/partition.h"
#include "infer/sampler.h"

namespace quire {

struct BatchDecoder::Sequence {
  Sequence(DecodeRequest r, const TextConfig& config)
      : request(std::move(r)), cache(config), sampler(request.temperature, request.seed) {}

  bool is_writing() const { return cache.length() >= request.prompt.rows; }
  bool is_cancelled() const { return request.is_cancelled && request.is_cancelled(); }

  DecodeRequest request;
  KvCache cache;
  Sampler sampler;
  Generation result;
  bool ended = false;

  // Of the present step:
  std::vector<std::int32_t> ids;  // that go through the model: the last one and what may follow it
  std::size_t rows = 0;           // the same, or rows of the prompt
  std::size_t scored = 0;         // the last rows that want scores
};

BatchDecoder::BatchDecoder(const Model& model, std::size_t prefill_rows)
    : model_(model), prefill_rows_(prefill_rows), state_(model.config().text) {}

BatchDecoder::~BatchDecoder() = default;

void BatchDecoder::add(DecodeRequest request) {
  const TextConfig& config = model_.config().text;
  QUIRE_CHECK(request.prompt.rows > 0 && request.prompt.cols == config.hidden && request.on_end);
  if (request.prompt.rows > config.max_positions) {
    return request.on_end(over_limit("the prompt has " + std::to_string(request.prompt.rows) +
                                     " tokens, pictures included; the model's context holds " +
                                     std::to_string(config.max_positions)));
  }
  if (request.max_tokens == 0) return request.on_end(Generation{});
  sequences_.push_back(std::make_unique<Sequence>(std::move(request), config));
}

void BatchDecoder::step(const Tap& tap) {
  drop_cancelled();
  if (sequences_.empty()) return;
  plan();
  run_model(tap);
  choose();
  drop_cancelled();
}

void BatchDecoder::drop_cancelled() {
  for (const auto& sequence : sequences_) {
    if (!sequence->is_cancelled()) continue;
    sequence->result.stop = Stop::kCancelled;
    end(*sequence, std::move(sequence->result));
  }
  sweep();
}

// What of each sequence goes through the model.
void BatchDecoder::plan() {
  const TextConfig& config = model_.config().text;
  const bool somebody_writes =
      std::any_of(sequences_.begin(), sequences_.end(),
                  [](const auto& sequence) { return sequence->is_writing(); });
  std::size_t budget = somebody_writes ? prefill_rows_ : kPrefillAlone;
  if (prefill_rows_ == 0) budget = SIZE_MAX;
  for (const auto& sequence : sequences_) {
    const DecodeRequest& request = sequence->request;
    const std::vector<std::int32_t>& said = sequence->result.ids;
    sequence->ids.clear();
    if (!sequence->is_writing()) {
      sequence->rows = std::min(budget, request.prompt.rows - sequence->cache.length());
      budget -= sequence->rows;
      const bool whole = sequence->cache.length() + sequence->rows == request.prompt.rows;
      sequence->scored = whole ? 1 : 0;
      continue;
    }
    sequence->ids.push_back(said.back());
    const std::size_t most = std::min(request.max_tokens - said.size(),
                                      config.max_positions - sequence->cache.length()) -
                             1;  // a step gives one id more than was guessed
    if (request.guess && most > 0) {
      for (const std::int32_t id : request.guess(said, most)) {
        if (sequence->ids.size() > most || id < 0 ||
            static_cast<std::size_t>(id) >= config.vocabulary)
          break;
        sequence->ids.push_back(id);
      }
    }
    sequence->rows = sequence->scored = sequence->ids.size();
    sequence->result.guessed += sequence->ids.size() - 1;
  }
}

// All rows of the step at once; those that want scores go on to choose().
void BatchDecoder::run_model(const Tap& tap) {
  std::vector<Segment> segments;
  std::size_t rows = 0, scored = 0;
  for (const auto& sequence : sequences_) {
    rows += sequence->rows;
    scored += sequence->scored;
  }
  const Rows x = resize(x_, rows, model_.config().text.hidden);
  std::size_t at = 0;
  for (const auto& sequence : sequences_) {
    if (sequence->rows == 0) continue;
    const Rows to = x.slice(at, sequence->rows);
    if (!sequence->ids.empty()) {
      model_.embed(sequence->ids, to);
    } else {
      const ConstRows from = sequence->request.prompt.slice(sequence->cache.length(), to.rows);
      for (std::size_t i = 0; i < to.rows; ++i) std::copy_n(from.row(i), to.cols, to.row(i));
    }
    segments.push_back({&sequence->cache, sequence->rows});
    at += sequence->rows;
  }
  model_.decode(segments, state_, x, tap);

  const Rows last = resize(last_, scored, x.cols);
  std::size_t end = 0, to = 0;
  for (const auto& sequence : sequences_) {
    end += sequence->rows;
    for (std::size_t i = sequence->scored; i > 0; --i)
      std::copy_n(x.row(end - i), x.cols, last.row(to++));
  }
  const Rows scores = resize(scores_, scored, model_.config().text.vocabulary);
  if (scored > 0) model_.logits(last, state_, scores, tap);
}

void BatchDecoder::choose() {
  const Rows scores = rows_of(scores_);
  const std::vector<Partition> sums = partitions(scores);
  std::size_t at = 0;
  for (const auto& sequence : sequences_) {
    take_all(*sequence, scores.slice(at, sequence->scored), sums.data() + at);
    at += sequence->scored;
  }
  sweep();
}

// One id, and as many more as were guessed right: behind a wrong guess the scores are those of a
// text that nobody wrote.
void BatchDecoder::take_all(Sequence& sequence, Rows scores, const Partition* sums) {
  for (std::size_t i = 0; i < scores.rows; ++i) {
    if (!take(sequence, {scores.row(i), scores.cols}, sums[i])) return;
    if (i + 1 == scores.rows) return;
    if (sequence.ids[i + 1] != sequence.result.ids.back() || sequence.is_cancelled()) {
      sequence.cache.truncate(sequence.cache.length() - (scores.rows - 1 - i));
      return;
    }
    ++sequence.result.guessed_right;
  }
}

// Takes the next id of a sequence from its scores; false when that ended it.
bool BatchDecoder::take(Sequence& sequence, std::span<float> scores, const Partition& sum) {
  const TextConfig& config = model_.config().text;
  const DecodeRequest& request = sequence.request;
  Generation& result = sequence.result;
  original_.assign(scores.begin(), scores.end());
  if (request.constrain) request.constrain(result.ids, scores);
  const std::optional<std::int32_t> id = sequence.sampler.choose(scores);
  if (!id || !(sum.sum > 0)) {
    end(sequence, invalid("the model's scores for the next token are not numbers, or all are "
                          "banned; its weights may be damaged"));
    return false;
  }
  if (*id == config.eos) {
    result.stop = Stop::kEnd;
    end(sequence, std::move(result));
    return false;
  }
  const std::size_t positions = request.prompt.rows + result.ids.size();
  result.ids.push_back(*id);
  result.probability.push_back(sum.probability(original_[static_cast<std::size_t>(*id)]));
  if (request.on_token) request.on_token(result.ids);
  const bool loops = request.is_loop && request.is_loop(result.ids);
  if (!loops && result.ids.size() < request.max_tokens && positions < config.max_positions)
    return true;
  result.stop = loops ? Stop::kLoop : Stop::kLimit;
  end(sequence, std::move(result));
  return false;
}

void BatchDecoder::end(Sequence& sequence, Result<Generation> result) {
  sequence.ended = true;
  sequence.request.on_end(std::move(result));
}

void BatchDecoder::sweep() {
  std::erase_if(sequences_, [](const auto& sequence) { return sequence->ended; });
}

}  // namespace quire
