// The keys and shapes of a GGUF pair as the config.json of the same model, so that there is one
// place that reads and checks a blueprint (Config::parse) and one answer to what a pair becomes
// when it is made into a model directory.
//
// Sizes that the keys give wrongly or not at all come from the tensors (architecture.md, section
// 10): the rotary size, CLIP's widths, patch and image size, SAM's table and which of its blocks
// are global: those with a longer table than their window needs.
#pragma once

#include <string>

#include "base/status.h"
#include "format/gguf_pair.h"

namespace quire {

// Errors name the file and the key or tensor.
Result<std::string> config_json_of(const GgufPair& pair);

// Ours, in the language file: a model that reads in passes (Config::rows_per_pass).
inline constexpr const char* kRowsPerPassKey = "quire.rows_per_pass";
inline constexpr const char* kColumnsPerPassKey = "quire.columns_per_pass";
inline constexpr const char* kInt8DecoderKey = "quire.int8_decoder";

}  // namespace quire
