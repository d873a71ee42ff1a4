#include "document/text_layer.h"

#include <algorithm>
#include <cstdio>

#include "text/edit_distance.h"
#include "text/utf8.h"

namespace quire {
namespace {

constexpr std::size_t kMaxCharacters = 100'000;
constexpr std::size_t kShown = 60;  // characters of a difference

struct Use {
  std::string_view name;
  TextLayerUse use;
};
constexpr Use kUses[] = {{"ignore", TextLayerUse::kIgnore},
                         {"prefer", TextLayerUse::kPrefer},
                         {"check", TextLayerUse::kCheck}};

std::u32string joined(std::string_view text) {
  std::u32string all;
  for (const std::string& word : comparable_words(text)) {
    if (!all.empty()) all += U' ';
    all += decode_utf8_lossy(word);
  }
  return all;
}

bool is_rubbish(char32_t c) {
  return c == kReplacement || (c >= 0xE000 && c <= 0xF8FF) || c >= 0xF0000 ||
         (c < 0x20 && c != U'\n' && c != U'\t' && c != U'\f' && c != U'\r') ||
         (c >= 0x7F && c < 0xA0);
}

std::string quoted(const std::string& text) {
  const std::u32string characters = decode_utf8_lossy(text);
  if (characters.size() <= kShown) return "'" + text + "'";
  return "'" + encode_utf8(std::u32string_view(characters).substr(0, kShown)) + "...'";
}

}  // namespace

Result<TextLayerUse> find_text_layer_use(std::string_view name) {
  for (const Use& row : kUses) {
    if (row.name == name) return row.use;
  }
  return not_found("there is no use of the text layer called '" + std::string(name) +
                   "'; there are ignore, prefer and check");
}

std::string unusable_layer(std::string_view layer) {
  if (comparable_words(layer).empty()) return "the page has no text layer";
  const std::u32string characters = decode_utf8_lossy(layer);
  const auto rubbish = std::count_if(characters.begin(), characters.end(), is_rubbish);
  if (20 * static_cast<std::size_t>(rubbish) > characters.size()) {
    return "the text layer is not readable: " + std::to_string(rubbish) + " of its " +
           std::to_string(characters.size()) + " characters have no meaning";
  }
  return "";
}

LayerCheck check_text_layer(std::string_view reading, std::string_view layer) {
  LayerCheck check;
  check.diff = diff_words(reading, layer);
  const std::u32string read = joined(reading), said = joined(layer);
  if (std::max(read.size(), said.size()) <= kMaxCharacters) {
    check.agreement = one_minus_ed(read, said);
  }
  return check;
}

std::string describe(const LayerCheck& check) {
  char share[32];
  std::snprintf(share, sizeof(share), "%.1f%%", 100 * check.agreement);
  std::string line = std::string(share) + " agree with the text layer";
  const auto& differences = check.diff.differences;
  if (differences.empty()) return line;
  line += differences.size() == 1
              ? "; one place differs: "
              : "; " + std::to_string(differences.size()) + " places differ, the first: ";
  const WordDifference& first = differences.front();
  if (first.left.empty()) return line + quoted(first.right) + " is only there";
  if (first.right.empty()) return line + quoted(first.left) + " is not there";
  return line + quoted(first.left) + " is " + quoted(first.right) + " there";
}

}  // namespace quire
