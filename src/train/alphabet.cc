#include "train/alphabet.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/status.h"
#include "text/utf8.h"

namespace quire::train {
namespace {

// Printable ASCII, the printable half of Latin-1, the typographic marks of European print, and the
// mark that stands for a newline (render/page.h).
constexpr std::u32string_view kMarks =
    U"\u0152\u0153\u0160\u0161\u0178\u017D\u017E\u2010\u2011\u2012\u2013\u2014\u2018\u2019\u201A"
    U"\u201C"
    U"\u201D\u201E\u2020\u2021\u2022\u2026\u2030\u2032\u2033\u2039\u203A\u20AC\u2122\u2190\u2192"
    U"\u2212"
    U"\u2248\u2260\u2264\u2265\u21B5";

// The byte-level alphabet of GPT-2: printable bytes stand for themselves, the rest move up to
// U+0100 and on.
char32_t byte_symbol(int byte) {
  const auto printable = [](int b) {
    return (b >= 0x21 && b <= 0x7E) || (b >= 0xA1 && b <= 0xAC) || (b >= 0xAE && b <= 0xFF);
  };
  if (printable(byte)) return static_cast<char32_t>(byte);
  char32_t symbol = 0x100;
  for (int b = 0; b < byte; ++b) symbol += printable(b) ? 0 : 1;
  return symbol;
}

std::string symbols(std::string_view bytes) {
  std::u32string out;
  for (const char c : bytes) out += byte_symbol(static_cast<unsigned char>(c));
  return encode_utf8(out);
}

constexpr const char* kAddedTokens[] = {"<image>",  "<|ref|>",       "<|/ref|>", "<|det|>",
                                        "<|/det|>", "<|grounding|>", "<td>",     "</td>",
                                        "<tr>",     "</tr>",         "<|User|>", "<|Assistant|>"};
constexpr const char* kSpecials[] = {"<\uFF5Cbegin\u2581of\u2581sentence\uFF5C>",
                                     "<\uFF5Cend\u2581of\u2581sentence\uFF5C>",
                                     "<\uFF5C\u2581pad\u2581\uFF5C>"};

}  // namespace

Alphabet::Alphabet() {
  for (char32_t c = 0x20; c < 0x7F; ++c) characters_ += c;
  for (char32_t c = 0xA1; c <= 0xFF; ++c) {
    if (c != 0xAD) characters_ += c;  // a soft hyphen has no picture
  }
  characters_ += kMarks;

  const char32_t largest = *std::max_element(characters_.begin(), characters_.end());
  class_of_.assign(largest + 1, 0);
  token_of_.assign(largest + 1, -1);
  const auto merge = [&](const std::string& left, const std::string& right) {
    for (std::size_t i = 0; i < merges_.size(); ++i) {
      if (merges_[i].left == left && merges_[i].right == right) return static_cast<int>(i);
    }
    merges_.push_back({left, right});
    return static_cast<int>(merges_.size()) - 1;
  };
  for (std::size_t i = 0; i < characters_.size(); ++i) {
    const char32_t c = characters_[i];
    const std::string bytes = encode_utf8(std::u32string(1, c));
    class_of_[c] = static_cast<int>(i) + 1;
    if (bytes.size() == 1) {
      token_of_[c] = kFirstByte + static_cast<unsigned char>(bytes[0]);
      continue;
    }
    int id = -1;
    for (std::size_t n = 1; n < bytes.size(); ++n)
      id = merge(bytes.substr(0, n), bytes.substr(n, 1));
    token_of_[c] = kFirstMerge + id;
  }
  token_of_[U'\n'] = kFirstByte + '\n';
  QUIRE_CHECK(kFirstMerge + static_cast<int>(merges_.size()) <= kImageToken);
}

int Alphabet::char_class(char32_t c) const { return c < class_of_.size() ? class_of_[c] : 0; }
int Alphabet::token(char32_t c) const { return c < token_of_.size() ? token_of_[c] : -1; }

std::string Alphabet::tokenizer_json() const {
  using nlohmann::json;
  json vocab = json::object(), merges = json::array(), added = json::array();
  for (int i = 0; i < 3; ++i) vocab[kSpecials[i]] = i;
  for (int b = 0; b < 256; ++b)
    vocab[symbols(std::string(1, static_cast<char>(b)))] = kFirstByte + b;
  for (std::size_t i = 0; i < merges_.size(); ++i) {
    vocab[symbols(merges_[i].left + merges_[i].right)] = kFirstMerge + static_cast<int>(i);
    merges.push_back({symbols(merges_[i].left), symbols(merges_[i].right)});
  }
  const auto add = [&](int id, const char* content) {
    added.push_back({{"id", id},
                     {"content", content},
                     {"single_word", false},
                     {"lstrip", false},
                     {"rstrip", false},
                     {"normalized", false},
                     {"special", true}});
  };
  for (int i = 0; i < 3; ++i) add(i, kSpecials[i]);
  for (int i = 0; i < 12; ++i) add(kImageToken + i, kAddedTokens[i]);

  const auto split = [](const char* pattern) {
    return json{{"type", "Split"},
                {"pattern", {{"Regex", pattern}}},
                {"behavior", "Isolated"},
                {"invert", false}};
  };
  // DeepSeek-V3's pre-tokeniser, as the official file has it.
  const json pre = {
      split("\\p{N}{1,3}"),
      split("[\u4E00-\u9FA5\u3040-\u309F\u30A0-\u30FF]+"),
      split("[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?"
            "[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+"),
      {{"type", "ByteLevel"},
       {"add_prefix_space", false},
       {"trim_offsets", true},
       {"use_regex", false}}};
  const json byte_level = {{"type", "ByteLevel"},
                           {"add_prefix_space", true},
                           {"trim_offsets", true},
                           {"use_regex", true}};
  const json file = {{"version", "1.0"},
                     {"truncation", nullptr},
                     {"padding", nullptr},
                     {"added_tokens", added},
                     {"normalizer", {{"type", "Sequence"}, {"normalizers", json::array()}}},
                     {"pre_tokenizer", {{"type", "Sequence"}, {"pretokenizers", pre}}},
                     {"post_processor", byte_level},
                     {"decoder", byte_level},
                     {"model",
                      {{"type", "BPE"},
                       {"dropout", nullptr},
                       {"unk_token", nullptr},
                       {"continuing_subword_prefix", nullptr},
                       {"end_of_word_suffix", nullptr},
                       {"fuse_unk", false},
                       {"byte_fallback", false},
                       {"vocab", vocab},
                       {"merges", merges}}}};
  return file.dump(1);
}

}  // namespace quire::train
