#include "document/text_layer.h"

#include <algorithm>
#include <cstdio>

#include "document/plain_text.h"
#include "text/edit_distance.h"
#include "text/strip.h"
#include "text/unicode_class.h"
#include "text/utf8.h"

namespace quire {
namespace {

constexpr std::size_t kShown = 60;  // characters of a difference

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

// The blocks Enclosed Alphanumerics, Miscellaneous Symbols and Dingbats.
bool is_ornament(char32_t c) {
  return (c >= 0x2460 && c <= 0x24FF) || (c >= 0x2600 && c <= 0x27BF);
}

std::string quoted(const std::string& text) {
  const std::u32string characters = decode_utf8_lossy(text);
  if (characters.size() <= kShown) return "'" + text + "'";
  return "'" + encode_utf8(std::u32string_view(characters).substr(0, kShown)) + "...'";
}

}  // namespace

std::optional<TextLayerUse> find_text_layer_use(std::string_view name) {
  for (const NamedTextLayerUse& row : kTextLayerUses) {
    if (row.name == name) return row.use;
  }
  return std::nullopt;
}

std::string unusable_layer(std::string_view layer) {
  const std::u32string characters = decode_utf8_lossy(layer);
  if (characters.size() > kMostLayerCharacters) {
    return "the text layer has " + std::to_string(characters.size()) +
           " characters, more than a page can show";
  }
  const auto rubbish = std::count_if(characters.begin(), characters.end(), is_rubbish);
  if (comparable_words(layer).empty()) return "the page has no text layer";
  if (20 * static_cast<std::size_t>(rubbish) > characters.size()) {
    return "the text layer is not readable: " + std::to_string(rubbish) + " of its " +
           std::to_string(characters.size()) + " characters have no meaning";
  }
  // Fonts of old TeX say of their letters only where they stand in the font, which some programs
  // take for a font of ornaments. A page of formulas has letters and numbers too.
  const auto ornaments = std::count_if(characters.begin(), characters.end(), is_ornament);
  const auto letters = std::count_if(characters.begin(), characters.end(), [](char32_t c) {
    return is_class(c, kLetter | kNumber) && !is_ornament(c);
  });
  if (2 * ornaments > letters) {
    return "the text layer is not readable: it has " + std::to_string(ornaments) +
           " ornaments for letters, because the file does not say which letters its fonts draw";
  }
  return "";
}

LayerCheck check_text_layer(std::string_view markdown, std::string_view layer) {
  LayerCheck check;
  const std::string reading = plain_text(markdown);
  check.diff = diff_words(reading, layer);
  const std::u32string read = joined(reading), said = joined(layer);
  if (std::max(read.size(), said.size()) <= kMostLayerCharacters) {
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

DocumentPage page_of_layer(std::string_view layer) {
  std::string text;
  for (const char c : layer) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    if (!control || c == '\n' || c == '\t') text += c;
  }
  text = std::string(strip(text));
  DocumentPage page;
  // Whatever looks like a model's tag in it is text.
  page.grounding.before = text;
  if (!text.empty()) page.blocks.push_back({"", {}, text, 0});
  return page;
}

}  // namespace quire
