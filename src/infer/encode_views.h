// A picture's views to the embeddings that stand for it in a prompt: each view through the encoder,
// then all tokens in the decoder's order, with newlines and separator.
#pragma once

#include <functional>

#include "base/status.h"
#include "infer/preprocess.h"
#include "model/model.h"

namespace quire {

// Called before each view is encoded; the tap it returns, perhaps an empty one, sees the inside of
// that view: "pixels" (3, side, side), then what Model::encode shows. View 0 is the global one, the
// tiles follow row by row.
using ViewTaps = std::function<Tap(std::size_t view)>;

// (sequence tokens, hidden). Error: kInvalid when a view is not a square the model can take.
Result<Tensor> encode_views(const Model& model, const Views& views, const ViewTaps& taps = {});

}  // namespace quire
