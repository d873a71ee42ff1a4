// The characters the small model knows, and its tokenizer: one token a character.
//
// A byte-level BPE in the official tokenizer.json layout whose only merges join the bytes of one
// character, so the engine needs nothing special: 3 specials, 256 bytes, one entry for every
// multi-byte character (and for the two-byte beginnings of three-byte ones), then the twelve added
// tokens of DeepSeek-OCR. A decoder over characters learns faster than one over subwords, because
// every step moves the reading position by exactly one (docs/lab-notes.md).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quire::train {

class Alphabet {
 public:
  Alphabet();

  // Dense class of a character for the glyph heads, 0 for a character outside the alphabet.
  // Class 1 is the space; "nothing drawn here" counts as a space.
  int char_class(char32_t c) const;
  int classes() const { return static_cast<int>(characters_.size()) + 1; }

  // Token of a character, or -1 outside the alphabet. '\n' is the end of a drawn row.
  int token(char32_t c) const;

  const std::u32string& characters() const { return characters_; }
  std::string tokenizer_json() const;

  static constexpr int kBos = 0, kEos = 1, kPad = 2;
  static constexpr int kFirstByte = 3;
  static constexpr int kFirstMerge = 259;
  static constexpr int kImageToken = 496;  // then the other eleven added tokens
  static constexpr int kVocabulary = 512;

 private:
  struct Merge {
    std::string left, right;  // raw bytes
  };
  std::u32string characters_;             // class c is characters_[c - 1]
  std::vector<Merge> merges_;             // token kFirstMerge + i is left + right
  std::vector<int> class_of_, token_of_;  // indexed by code point, dense up to the largest known
};

}  // namespace quire::train
