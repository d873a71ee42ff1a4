// A picture's views to the embeddings that stand for it in a prompt: each view through the encoder,
// then all tokens in the decoder's order, with newlines and separator.
#pragma once

#include <functional>

#include "base/status.h"
#include "infer/preprocess.h"
#include "model/model.h"

namespace quire {

// One view to its tokens, (q * q, hidden). View 0 is the global one, the tiles follow row by row.
using EncodeView = std::function<Result<Tensor>(const Image& view, std::size_t index)>;

// (sequence tokens, hidden). Errors: kInvalid when a view is not a square the model can take,
// before any is encoded; those of `encode`.
Result<Tensor> encode_views(const Model& model, const Views& views, const EncodeView& encode);

}  // namespace quire
