// The reader: pictures to vision tokens, vision tokens to text. The one door to the model for the
// rooms below (fold, document, memory, serve).
//
// Any number of threads may use one reader at once. What they decode is decoded together, as one
// batch that each joins and leaves at any step; views are encoded one at a time. Nobody's result
// depends on anybody else's, bit for bit.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/status.h"
#include "format/image.h"
#include "infer/read_status.h"
#include "op/products.h"
#include "tensor/tensor.h"

namespace quire {

class Model;      // model/model.h: weights and config, immutable
class Tokenizer;  // text/tokenizer.h
struct GenerateOptions;
struct Generation;  // infer/generate.h
struct Views;       // infer/preprocess.h

struct ReadOptions {
  // Hard cap on generated tokens for each decoder pass.
  int max_tokens = 8192;
  // The page is read in blocks of vision tokens, rows_per_pass high and columns_per_pass wide, each
  // a decoder pass of its own; 0 takes the model's own setting (config keys "quire.rows_per_pass"
  // and "quire.columns_per_pass"; absent or 0: all of them in one pass, as the official model
  // works). Blocks go row by row; a pass sees [BOS], each row of its tokens with a newline vector
  // behind it, and the separator, and writes the part of each line that the block covers, lines
  // divided by "\n".
  int rows_per_pass = 0, columns_per_pass = 0;
  // When > 0: how many characters a full line of the page holds, known from the page plan. A block
  // then holds columns * columns_per_pass / q of each; the end-of-line token is allowed only where
  // the plan allows it.
  int columns = 0;
  // Called after each generated token of any pass with the total so far; false stops (kLimit).
  std::function<bool(std::size_t tokens)> on_token;
  Cancel cancel = {};
};

struct PageReading {
  // UTF-8. Blocks side by side are put together line by line, each line's part padded with spaces
  // to the block's width when `columns` says how wide it is. Spaces at the end of a line are cut
  // unless the line is full. Rows of blocks are joined by "\n".
  std::string text;
  std::vector<std::string> passes;  // the text of each pass, blocks in row-major order
  std::vector<float> confidence;    // probability of each generated token, all passes in order
  std::size_t tokens = 0;           // generated
  ReadStatus status = ReadStatus::kOk;
};

struct Arithmetic {
  // Of the encoder. The decoder's are int8 for quantised weights (Model::use_int8) in any case.
  Products encoder = Products::kInt16;
  DType cache = DType::kF16;  // or Q8_0, half the memory at long contexts; F32
};

// Safe to use from several threads at once: their views take turns, their prompts are decoded
// together. Only on parts of a parallel_for does each thread do all of its work alone, which is
// best for many pages that are read in passes: one of them is a batch already.
class Reader {
 public:
  // Opens a model directory (config.json, tokenizer.json, *.safetensors) or a GGUF pair, named by
  // its language file. Weights are mapped.
  static Result<Reader> open(const std::string& path, const Arithmetic& arithmetic = {});
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;
  ~Reader();

  const Model& model() const;
  const Tokenizer& tokenizer() const;
  bool reads_in_passes() const;            // the text of pages that Quire has set, and nothing else
  const std::string& fingerprint() const;  // hex; changes when any weight or config byte changes

  // One square view, already of a mode's size (512, 640, 1024, 1280).
  // Returns (q*q, hidden) vision tokens, q = side / 64, before newline and separator vectors.
  Result<Tensor> encode(const Image& view) const;

  // All views of a picture, to the embeddings that stand for it in a prompt (infer/encode_views.h).
  // on_view is called before each view. Errors: kInvalid; kCancelled and kTimeout between views.
  Result<Tensor> encode(const Views& views, const std::function<void()>& on_view = {},
                        const Cancel& cancel = {}) const;

  // Prompts to answers, decoded together with those of other threads (SharedDecoder).
  Result<std::vector<Generation>> generate(std::span<const Tensor> inputs,
                                           const GenerateOptions& options) const;

  // Reads a page from its vision tokens (q*q, hidden). Passes are decoded together as one batch.
  // Errors: kInvalid; kCancelled and kTimeout.
  Result<PageReading> read(const Tensor& vision_tokens, const ReadOptions& options) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
  Reader();
};

}  // namespace quire
