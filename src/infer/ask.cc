#include "infer/ask.h"

#include <algorithm>
#include <cmath>

#include "base/clock.h"
#include "infer/answer_stream.h"
#include "infer/generate.h"
#include "infer/loop_detector.h"
#include "infer/prompt_input.h"
#include "infer/prompt_lookup.h"
#include "model/model.h"
#include "text/strip.h"
#include "text/tokenizer.h"

namespace quire {
namespace {

// Text and the end of each token, white space cut off both ends of the whole.
void write_out(const Tokenizer& tokenizer, std::span<const std::int32_t> ids, Answer& answer) {
  TokenStream stream(tokenizer);
  std::string text;
  for (const std::int32_t id : ids) {
    text += stream.push(id);
    answer.ends.push_back(text.size());
  }
  text += stream.finish();
  if (!ids.empty()) answer.ends.back() = text.size();

  const std::string_view kept = strip(text);
  const std::size_t begin = kept.empty() ? 0 : static_cast<std::size_t>(kept.data() - text.data());
  for (std::size_t& end : answer.ends) end = std::clamp(end, begin, begin + kept.size()) - begin;
  answer.text = kept;
}

}  // namespace

double Answer::confidence(std::size_t begin, std::size_t end) const {
  constexpr float kLeast = 1e-30f;  // one impossible token is no reason to say nothing of the rest
  double sum = 0;
  std::size_t count = 0, from = 0;
  for (std::size_t i = 0; i < probability.size(); ++i) {
    const bool inside = ends.empty() || (ends[i] > begin && from < end);
    if (!ends.empty()) from = ends[i];
    if (!inside) continue;
    sum += std::log(std::max(probability[i], kLeast));
    ++count;
  }
  return count == 0 ? 0 : std::exp(sum / static_cast<double>(count));
}

Result<Answer> ask(const Reader& reader, std::span<const Tensor> pictures,
                   const Question& question) {
  const Tokenizer& tokenizer = reader.tokenizer();
  const Result<PromptInput> input =
      embed_prompt(reader.model(), tokenizer, question.prompt, pictures);
  QUIRE_TRY(input);
  const NgramGuard guard(question.guard, table_cell_ids(tokenizer), input->prompt.ids);
  AnswerStream stream(tokenizer);
  const double begin = steady_seconds();
  double prefilled = begin;

  GenerateOptions options;
  options.max_tokens = question.max_tokens;
  options.temperature = question.temperature;
  options.seed = question.seed;
  options.cancel = question.cancel;
  bool enough = false;
  if (question.on_text) {
    options.on_id = [&](std::size_t, std::span<const std::int32_t> ids) {
      const std::string piece = stream.push(ids.back());
      enough = !piece.empty() && !question.on_text(piece);
    };
  }
  options.on_token = [&](std::size_t tokens) {
    return (!question.on_token || question.on_token(tokens)) && !enough;
  };
  options.constrain = [&](std::size_t, std::span<const std::int32_t> ids, std::span<float> scores) {
    if (ids.empty()) prefilled = steady_seconds();
    guard.apply(ids, scores);
  };
  options.is_loop = [](std::size_t, std::span<const std::int32_t> ids) {
    return loop_period(ids) != 0;
  };
  PromptLookup lookup(input->prompt.ids);
  if (question.lookup) {
    options.guess = [&](std::size_t, std::span<const std::int32_t> ids, std::size_t most) {
      return lookup.guess(ids, most);
    };
  }
  auto generated = reader.generate({&input->embeddings, 1}, options);
  QUIRE_TRY(generated);
  Generation& said = generated->front();
  if (said.stop == Stop::kCancelled) QUIRE_TRY(question.cancel.status());
  if (question.on_text && !enough) {
    if (const std::string rest = stream.finish(); !rest.empty()) question.on_text(rest);
  }

  Answer answer;
  answer.prefill_seconds = prefilled - begin;
  answer.decode_seconds = steady_seconds() - prefilled;
  answer.tokens = said.ids.size();
  answer.prompt_tokens = input->prompt.ids.size();
  answer.guessed = said.guessed;
  answer.guessed_right = said.guessed_right;
  answer.status = read_status(said.stop);
  if (answer.status == ReadStatus::kLoop) {
    const std::size_t kept = loop_begin(said.ids);
    said.ids.resize(kept);
    said.probability.resize(kept);
  }
  write_out(tokenizer, said.ids, answer);
  answer.ids = std::move(said.ids);
  answer.probability = std::move(said.probability);
  if (answer.status == ReadStatus::kOk && answer.text.empty()) answer.status = ReadStatus::kEmpty;
  return answer;
}

}  // namespace quire
