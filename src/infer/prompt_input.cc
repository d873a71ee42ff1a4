#include "infer/prompt_input.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace quire {

Result<PromptInput> embed_prompt(const Model& model, const Tokenizer& tokenizer,
                                 std::string_view text, std::span<const Tensor> pictures) {
  std::vector<std::size_t> counts;
  for (const Tensor& picture : pictures) counts.push_back(rows_of(picture).rows);
  Result<Prompt> prompt = build_prompt(tokenizer, text, counts);
  QUIRE_TRY(prompt);
  for (const std::int32_t id : prompt->ids) {
    if (static_cast<std::size_t>(id) >= model.config().text.vocabulary) {
      return invalid("the tokenizer's id " + std::to_string(id) +
                     " is outside the model's vocabulary");
    }
  }
  Tensor embeddings = embed_ids(model, *prompt, pictures);
  return PromptInput{*std::move(prompt), std::move(embeddings)};
}

Tensor embed_ids(const Model& model, const Prompt& prompt, std::span<const Tensor> pictures) {
  QUIRE_CHECK(prompt.images.size() == pictures.size());
  Tensor embeddings;
  const Rows rows = resize(embeddings, prompt.ids.size(), model.config().text.hidden);
  const std::span<const std::int32_t> ids(prompt.ids);
  std::size_t at = 0;
  const auto words_to = [&](std::size_t end) {
    model.embed(ids.subspan(at, end - at), rows.slice(at, end - at));
    at = end;
  };
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    words_to(prompt.images[i].begin);
    QUIRE_CHECK(rows_of(pictures[i]).rows == prompt.images[i].count);
    std::copy(pictures[i].values.begin(), pictures[i].values.end(), rows.row(at));
    at += prompt.images[i].count;
  }
  words_to(ids.size());
  return embeddings;
}

}  // namespace quire
