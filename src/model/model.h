// A model: the one architecture (architecture.md) with one checkpoint's sizes and weights. Nothing
// in it changes after open(), so any number of threads may use it; what changes while it reads a
// page lies in a DecoderState and a KvCache for each sequence.
//
//   Result<Model> model = Model::open("models/quire-nano");
//   Tensor tokens = model->encode(pixels);              // a view -> (q * q, hidden)
//   Tensor picture = model->assemble(tokens);           // + newlines, separator
//   KvCache cache(model->config().text);
//   DecoderState state(model->config().text);
//   const Segment segment[] = {{&cache, rows}};
//   model->decode(segment, state, rows_of(picture));    // rows behind the last layer
//   model->logits(..., state, ...);                     // scores of the next token
#pragma once

#include <memory>
#include <span>
#include <string>

#include "base/status.h"
#include "model/assemble.h"
#include "model/config.h"
#include "model/decoder.h"
#include "model/tap.h"
#include "model/weights.h"

namespace quire {

class Model {
 public:
  // A directory with config.json and *.safetensors in the official layout, or a GGUF pair. Weights
  // are mapped, not copied: opening takes the time of reading the headers. Errors name the file,
  // key or tensor.
  static Result<Model> open(const std::string& path);

  // Weights from elsewhere; `storage` keeps what the set's tensors point into alive.
  static Result<Model> load(Config config, const TensorSet& set,
                            std::shared_ptr<const void> storage);

  // From now on the encoder multiplies in this, except at its two ends: pixels to patches, and the
  // projector. How far vision tokens move: docs/lab-notes.md. Before the model is shared between
  // threads.
  void use_encoder_products(Products products);

  // From now on the decoder multiplies in int8 where its weights are quantised blocks, or are all
  // meant to (Config::int8_decoder); the router and the embeddings stay as they are. Before the
  // model is shared between threads.
  void use_int8();

  // From now on caches keep keys and values in this type, with less memory to read for each token:
  // F32, F16 or Q8_0. Error: a head is not whole blocks of the type. Before the model is shared
  // between threads.
  Status use_cache(DType type);

  const Config& config() const { return config_; }
  const Weights& weights() const { return weights_; }

  // Why a view of this side cannot be encoded, if so.
  Status check_side(std::size_t side) const;

  // One view: normalised planar pixels (3, side, side) -> vision tokens (q * q, hidden), row by
  // row, q = config().token_side(side). Taps of sam, compressor and clip, and proj.
  Tensor encode(const Tensor& pixels, const Tap& tap = {}) const;

  Tensor assemble(const Tensor& global, const Tiles& tiles = {}) const {
    return quire::assemble(weights_.bridge, global, tiles);
  }

  // The embedding of each id, to out (ids, hidden). Ids must be within the vocabulary.
  void embed(std::span<const std::int32_t> ids, Rows out) const;

  void decode(std::span<const Segment> segments, DecoderState& state, Rows x,
              const Tap& tap = {}) const {
    run_decoder(config_.text, weights_.text, segments, state, x, tap);
  }
  void logits(ConstRows x, DecoderState& state, Rows out, const Tap& tap = {}) const {
    compute_logits(weights_.text, x, state, out, tap);
  }

 private:
  Config config_;
  Weights weights_;
  std::shared_ptr<const void> storage_;
};

}  // namespace quire
