// The text a PDF says it holds, beside what the model read. A layer may be the truth (a PDF made
// from text), another program's guess (a scan), or rubbish (fonts without a Unicode table), so it
// is taken only when asked for, and looked at first.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "document/page.h"
#include "text/word_diff.h"

namespace quire {

enum class TextLayerUse {
  kIgnore,
  kPrefer,  // the layer's text where it is usable and the page no scan; else the model's reading
  kCheck,   // the model's reading, and where the layer disagrees
};

struct NamedTextLayerUse {
  std::string_view name;
  TextLayerUse use;
};
inline constexpr NamedTextLayerUse kTextLayerUses[] = {{"ignore", TextLayerUse::kIgnore},
                                                       {"prefer", TextLayerUse::kPrefer},
                                                       {"check", TextLayerUse::kCheck}};

std::optional<TextLayerUse> find_text_layer_use(std::string_view name);

// Why a layer cannot stand for the page, in words; "" when it can. Refused: no words, more than one
// character in twenty that is U+FFFD, for private use, or a control character, and more characters
// than a page has (kMostLayerCharacters).
std::string unusable_layer(std::string_view layer);

inline constexpr std::size_t kMostLayerCharacters = 100'000;

struct LayerCheck {
  // 1 - edit distance / length of the longer, over words with single spaces between (NFKC, broken
  // words joined); 0 where a text has more than kMostLayerCharacters.
  double agreement = 0;
  WordDiff diff;  // left the reading, right the layer
};

// The reading is Markdown; its marks do not count.
LayerCheck check_text_layer(std::string_view reading, std::string_view layer);

// One line for people: "97.3% agree with the text layer; 3 places differ, the first: 'quick' is
// 'quack' there".
std::string describe(const LayerCheck& check);

// The layer of one page and what was done with it: kept beside the reading as evidence.
struct TextLayer {
  std::string text;     // "" where there is none, or too much
  std::string refused;  // why it is of no use, a sentence; "" where it was taken or compared
  bool taken = false;   // the page is this text, and the model was not asked
  std::optional<LayerCheck> check;  // of the model's reading
};

// Its text as a page of one block: no boxes, no figures, no headings. Control characters go, except
// ends of lines and tabs.
DocumentPage page_of_layer(std::string_view layer);

}  // namespace quire
