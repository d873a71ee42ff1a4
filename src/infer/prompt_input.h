// A prompt as the decoder takes it: the embedding of every id, and in place of each <image> the
// embeddings of a picture.
#pragma once

#include <span>
#include <string_view>

#include "base/status.h"
#include "model/model.h"
#include "text/prompt.h"

namespace quire {

struct PromptInput {
  Prompt prompt;
  Tensor embeddings;  // (ids, hidden)
};

// `text` in the plain template; pictures as encode_views() makes them, one for each <image>, none
// for a text prompt. Errors: those of build_prompt(), and ids that the model has no embedding for.
Result<PromptInput> embed_prompt(const Model& model, const Tokenizer& tokenizer,
                                 std::string_view text, std::span<const Tensor> pictures);

// (ids, hidden). The ids beside the pictures must be within the vocabulary.
Tensor embed_ids(const Model& model, const Prompt& prompt, std::span<const Tensor> pictures);

}  // namespace quire
