// The text a PDF says it holds, beside what the model read. A layer may be the truth (a PDF made
// from text), another program's guess (a scan), or rubbish (fonts without a Unicode table), so it
// is taken only when asked for, and looked at first.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "text/word_diff.h"

namespace quire {

enum class TextLayerUse {
  kIgnore,
  kPrefer,  // the layer's text where it is usable; the model is asked about the other pages
  kCheck,   // the model's reading, and where the layer disagrees
};
// "ignore", "prefer", "check". Error: kNotFound, naming them.
Result<TextLayerUse> find_text_layer_use(std::string_view name);

// Why a layer cannot stand for the page, in words; "" when it can. Refused: no words, or more than
// one character in twenty that is U+FFFD, for private use, or a control character.
std::string unusable_layer(std::string_view layer);

struct LayerCheck {
  // 1 - edit distance / length of the longer, over words with single spaces between (NFKC, broken
  // words joined); 0 where a text has more than 100,000 characters, which no page has.
  double agreement = 0;
  WordDiff diff;  // left the reading, right the layer
};

LayerCheck check_text_layer(std::string_view reading, std::string_view layer);

// One line for people: "97.3% agree with the text layer; 3 places differ, the first: 'quick' is
// 'quack' there".
std::string describe(const LayerCheck& check);

}  // namespace quire
