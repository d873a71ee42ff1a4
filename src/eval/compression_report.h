// What the compression study looks like: a table for people, JSON for scripts, a picture of the
// curve, the accuracy table that `fold` plans by; each with the paper's numbers where it has some.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "eval/chart.h"
#include "eval/compression.h"
#include "format/json.h"

namespace quire {

// One row of Table 2 of "DeepSeek-OCR: Contexts Optical Compression": English pages of the Fox
// benchmark, pictures resized to the mode's size.
struct PaperRow {
  std::string_view mode;
  std::string_view text_tokens;  // "600-700"
  int pages = 0;
  double ratio = 0;
  double precision = 0;  // over distinct words of the output, 0 to 1
};
std::span<const PaperRow> paper_rows();

// The paper's row of the same mode whose ratio falls into the same bin, or null. Its pages are
// documents, so nothing but prose has one.
const PaperRow* paper_row_beside(const CompressionRow& row);

std::string to_table(const CompressionStudy& study);

// {"rows": [...], "tokenizer", "seed", "unknown_chars"}: every field of a row, `paper` (ratio,
// precision) where there is one.
Json to_json(const CompressionStudy& study);

// accuracy.json of a model directory, as fold/accuracy.h reads it: the rows of prose. Error:
// kInvalid when the study has none.
Result<Json> accuracy_table(const CompressionStudy& study);

// Characters right (1-ED) against ratio: a curve for each mode and kind, the paper's precision as
// marks.
Chart compression_chart(const CompressionStudy& study);

}  // namespace quire
