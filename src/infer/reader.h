// The reader: pictures to vision tokens, vision tokens to text. The one door to the model for the
// rooms below (fold, document, memory, serve).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "format/image.h"
#include "tensor/tensor.h"

namespace quire {

class Model;      // model/model.h: weights and config, immutable
class Tokenizer;  // text/tokenizer.h

// How a page of text ended. Anything but kOk and kEmpty is not a success.
enum class ReadStatus { kOk, kEmpty, kLoop, kLimit, kError };
const char* to_string(ReadStatus status);  // "ok", "empty", "loop", "limit", "error"

struct ReadOptions {
  // Hard cap on generated tokens for each decoder pass.
  int max_tokens = 8192;
  // Token rows given to the decoder in one pass; 0 takes the model's own setting (config key
  // "quire.rows_per_pass"; absent: all rows in one pass, as the official model works).
  int rows_per_pass = 0;
  // When > 0: how many characters a full line holds, known from the page plan. The end-of-line
  // token is then allowed only where the plan allows it.
  int columns = 0;
  // Called after each generated token of any pass with the total so far; false stops (kLimit).
  std::function<bool(std::size_t tokens)> on_token;
};

struct PageReading {
  std::string text;                 // UTF-8, as decoded; passes joined by "\n"
  std::vector<std::string> passes;  // the text of each pass (one per group of token rows)
  std::vector<float> confidence;    // probability of each generated token, all passes in order
  std::size_t tokens = 0;           // generated
  ReadStatus status = ReadStatus::kOk;
};

class Reader {
 public:
  // Opens a model directory (config.json, tokenizer.json, *.safetensors). Weights are mapped.
  static Result<Reader> open(const std::string& directory);
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;
  ~Reader();

  const Model& model() const;
  const Tokenizer& tokenizer() const;
  const std::string& fingerprint() const;  // hex; changes when any weight or config byte changes

  // One square view, already of a mode's size (512, 640, 1024, 1280).
  // Returns (q*q, hidden) vision tokens, q = side / 64, before newline and separator vectors.
  Result<Tensor> encode(const Image& view) const;

  // Reads a page from its vision tokens (q*q, hidden). Passes are decoded together as one batch.
  Result<PageReading> read(const Tensor& vision_tokens, const ReadOptions& options) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
  Reader();
};

}  // namespace quire
