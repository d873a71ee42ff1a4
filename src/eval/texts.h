// What the compression study gives a model to read: three kinds of text that differ in how much of
// them could be guessed instead of read. The gap between their curves is the language prior.
//
// Passage number i of a seed is always the same passage, whatever was drawn before it and on every
// machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace quire {

enum class TextKind {
  kProse,    // passages of the folder's texts, cut at the start of a paragraph
  kWords,    // words of the folder in random order: spelling can be guessed, sentences cannot
  kLetters,  // strings of 1 to 10 random ASCII letters: nothing can be guessed
};

struct TextKindRow {
  TextKind kind;
  std::string_view name;   // "prose", on the command line and in JSON
  std::string_view title;  // "prose", "random words", for people
};
inline constexpr TextKindRow kTextKinds[] = {
    {TextKind::kProse, "prose", "prose"},
    {TextKind::kWords, "words", "random words"},
    {TextKind::kLetters, "letters", "random letters"},
};
const TextKindRow& row_of(TextKind kind);
std::optional<TextKind> text_kind(std::string_view name);

// The texts of one folder: its *.txt files, UTF-8 (bytes that are not become U+FFFD and are left
// out). When some are named prose*, only those give prose, as in the trainer's folders. words.txt,
// when there, is the list of words, one a line; otherwise it is the distinct words of the prose.
// Does not change once opened.
class TextFolder {
 public:
  // Errors: kNotFound without the folder or without texts in it, kInvalid when they hold too little
  // to draw from.
  static Result<TextFolder> open(const std::string& folder);

  // `length` characters; newlines count as one, and there are no tabs or other control characters.
  // Prose runs on from one file into the next, in the order of their names. Error: kLimit when the
  // folder holds less prose than that.
  Result<std::u32string> passage(TextKind kind, std::size_t length, std::uint64_t seed,
                                 std::uint64_t index) const;

 private:
  std::u32string prose_;
  std::vector<std::size_t> paragraphs_;  // where they begin in prose_
  std::vector<std::u32string> words_;
};

}  // namespace quire
