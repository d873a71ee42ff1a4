// A question about pictures that are already embeddings, and the model's answer to it: one decoder
// run with its guards on (architecture.md, section 7).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/status.h"
#include "infer/ngram_guard.h"
#include "infer/read_status.h"
#include "infer/reader.h"
#include "tensor/tensor.h"

namespace quire {

struct Question {
  std::string prompt;  // the plain template; an <image> for each picture
  NgramPreset guard = kDefaultGuard;
  float temperature = 0;
  std::uint64_t seed = 0;
  std::size_t max_tokens = 8192;
  bool lookup = true;  // guess ahead (infer/prompt_lookup.h); the answer does not depend on it
  // Called after each token with the number so far; false stops (kLimit).
  std::function<bool(std::size_t tokens)> on_token = {};
  // Called with the text as it grows, whole characters at a time, white space at the ends left out:
  // together the pieces are the answer, and of a loop all its turns. False: that is enough
  // (kLimit).
  std::function<bool(std::string_view piece)> on_text = {};
  Cancel cancel = {};
};

struct Answer {
  std::string text;  // UTF-8, special tokens kept, no white space at the ends; of a loop one turn
  ReadStatus status = ReadStatus::kOk;
  std::size_t tokens = 0;                      // generated, loops included
  std::size_t prompt_tokens = 0;               // pictures included
  std::size_t guessed = 0, guessed_right = 0;  // of the lookup's ids
  std::vector<std::int32_t> ids;               // those of the text
  std::vector<float> probability;              // of each, before guards and temperature
  std::vector<std::size_t> ends;  // where in the text each ends; may be empty: not known
  double prefill_seconds = 0, decode_seconds = 0;

  // How sure the model was of a piece of the text: the geometric mean of the probabilities of the
  // tokens in it, of all tokens where their places are not known; 0 when there are none.
  double confidence(std::size_t begin, std::size_t end) const;
};

// pictures: embeddings as Reader::encode(Views) makes them. Any number of threads may ask at once.
// Errors: those of embed_prompt() and generate(); kCancelled and kTimeout.
Result<Answer> ask(const Reader& reader, std::span<const Tensor> pictures,
                   const Question& question);

}  // namespace quire
