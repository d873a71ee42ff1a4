// The ban on repeated n-grams (architecture.md, section 7): an id that would complete a run of
// `ngram` ids for the second time may not be said.
//
// Two variants are in use. The Hugging Face code looks at the whole sequence, prompt included. The
// vendor's vLLM scripts look at the last `window` generated ids and never ban table cells, which
// repeat by right. The presets are theirs; the ban is not free, so each has its name in results.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "text/tokenizer.h"

namespace quire {

struct NgramPreset {
  std::string_view name, used_by;
  int ngram = 0;   // 0: no ban at all
  int window = 0;  // of generated ids; 0: the whole sequence, prompt included, no exceptions
};

inline constexpr NgramPreset kNgramPresets[] = {
    {"off", "nobody", 0, 0},
    {"20-whole", "Hugging Face code", 20, 0},
    {"35-whole", "Hugging Face code, evaluation", 35, 0},
    {"30/90", "vLLM script for pictures", 30, 90},
    {"20/50", "vLLM script for PDF", 20, 50},
    {"40/90", "vLLM script for evaluation", 40, 90},
    {"35/128", "Unlimited-OCR", 35, 128},
};

// What is used when nobody asks for another: that of the official code.
inline constexpr NgramPreset kDefaultGuard = kNgramPresets[1];

// Error: kNotFound, naming the presets there are.
Result<NgramPreset> find_ngram_preset(std::string_view name);

// The ids of <td> and </td>, where the vocabulary has them.
std::vector<std::int32_t> table_cell_ids(const Tokenizer& tokenizer);

class NgramGuard {
 public:
  // `exceptions` are never banned by a windowed preset. `prompt` matters to the others only.
  explicit NgramGuard(const NgramPreset& preset, std::vector<std::int32_t> exceptions = {},
                      std::span<const std::int32_t> prompt = {});

  // What may not follow these generated ids: sorted, each once.
  std::vector<std::int32_t> banned(std::span<const std::int32_t> generated) const;

  // Sets the scores of banned ids to minus infinity.
  void apply(std::span<const std::int32_t> generated, std::span<float> scores) const;

 private:
  std::size_t ngram_, window_;
  std::vector<std::int32_t> exceptions_;  // empty unless windowed
  std::vector<std::int32_t> prompt_;      // empty when windowed
};

}  // namespace quire
