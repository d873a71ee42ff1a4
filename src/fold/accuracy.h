// How well a model reads, as measured: the table accuracy.json in its directory, which
// `quire eval compression` writes.
//
//   {"rows": [{"mode": "tiny", "columns": 56, "rows_per_token": 3, "characters_per_token": 21,
//              "one_minus_ed": 0.98, "kind": "prose"}, ...], "font": "...", "tokenizer": "..."}
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "format/json.h"

namespace quire {

// At least this share of characters right is good enough to be the default.
inline constexpr double kTrustedAccuracy = 0.97;

struct AccuracyRow {
  std::string mode, kind;               // kind of text: "prose", "words", "letters"
  int columns = 0, rows_per_token = 0;  // the layout it was measured with
  double characters_per_token = 0;
  double one_minus_ed = 0;  // share of characters read right
};

struct AccuracyTable {
  std::vector<AccuracyRow> rows;
  std::string font;

  static Result<AccuracyTable> parse(const Json& json);
  // The table of a model directory; empty when it has none. Errors name the file.
  static Result<AccuracyTable> load(const std::string& model_directory);

  // Rows of prose in that mode (any mode when empty), by falling characters per token.
  std::vector<AccuracyRow> prose(std::string_view mode) const;

  // The densest row that reaches kTrustedAccuracy, else the most accurate one; nothing without
  // rows.
  std::optional<AccuracyRow> best(std::string_view mode) const;

  // What to expect of prose in that mode: between two rows a straight line, beyond the outermost
  // ones their own value. Nothing when the mode was not measured.
  std::optional<double> expect(std::string_view mode, double characters_per_token) const;
};

}  // namespace quire
