// A trained twin as a model directory in the official layout: config.json, tokenizer.json,
// processor_config.json and model.safetensors with bf16 weights (rounded to nearest even).
#pragma once

#include <string>

#include "base/status.h"
#include "train/alphabet.h"
#include "train/twin.h"

namespace quire::train {

// `pass` goes into config.json as "quire.rows_per_pass" and "quire.columns_per_pass"
// (infer/reader.h).
Status export_twin(const Twin& twin, const Alphabet& alphabet, PassShape pass,
                   const std::string& directory);

}  // namespace quire::train
