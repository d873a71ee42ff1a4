#include "memory/facts.h"

#include <algorithm>

namespace quire {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool upper(char c) { return c >= 'A' && c <= 'Z'; }
bool lower(char c) { return c >= 'a' && c <= 'z'; }
bool letter(char c) { return upper(c) || lower(c) || static_cast<unsigned char>(c) >= 0x80; }
bool space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

enum class Kind { kPlain, kName, kExact };

struct Word {
  std::string_view text;  // without the punctuation around it
  Kind kind = Kind::kPlain;
  bool joins_next = false;  // nothing but a space stands between it and the next
};

bool spelt_like_no_word(std::string_view word) {
  if (std::any_of(word.begin(), word.end(), digit)) return true;
  if (word.find_first_of("@_/\\") != word.npos || word.find("::") != word.npos) return true;
  for (std::size_t i = 1; i < word.size(); ++i) {
    if (upper(word[i]) && lower(word[i - 1])) return true;                          // camelCase
    if (word[i] == '.' && i + 1 < word.size() && letter(word[i + 1])) return true;  // notes.txt
  }
  return false;
}

std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> words;
  bool sentence_starts = true;
  for (std::size_t i = 0; i < text.size();) {
    if (space(text[i])) {
      if (text[i] == '\n') sentence_starts = true;
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && !space(text[end])) ++end;
    const std::string_view whole = text.substr(i, end - i);
    std::size_t first = 0, last = whole.size();
    const auto belongs = [&](char c) {
      return letter(c) || digit(c) || c == '/' || c == '_' || c == '$' || c == '%' || c == '#';
    };
    while (first < last && !belongs(whole[first])) ++first;
    while (last > first && !belongs(whole[last - 1])) --last;
    Word word{whole.substr(first, last - first)};
    if (spelt_like_no_word(word.text)) {
      word.kind = Kind::kExact;
    } else if (word.text.size() > 1 && upper(word.text[0]) && !sentence_starts && first == 0) {
      word.kind = Kind::kName;
    }
    word.joins_next = last == whole.size() && (end >= text.size() || text[end] == ' ');
    if (!word.text.empty()) {
      words.push_back(word);
      sentence_starts = whole.find_first_of(".!?", last) != whole.npos;
    }
    i = end;
  }
  return words;
}

}  // namespace

std::vector<std::string> exact_strings(std::string_view text) {
  struct Fact {
    std::string text;
    Kind kind;
    bool kept = false;
  };
  std::vector<Fact> facts;
  const std::vector<Word> words = words_of(text);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].kind == Kind::kPlain) continue;
    Fact fact{std::string(words[i].text), words[i].kind};
    while (words[i].joins_next && i + 1 < words.size() && words[i + 1].kind != Kind::kPlain) {
      ++i;
      fact.text += ' ' + std::string(words[i].text);
      fact.kind = std::max(fact.kind, words[i].kind);
    }
    const bool known =
        std::any_of(facts.begin(), facts.end(), [&](const Fact& f) { return f.text == fact.text; });
    if (!known) facts.push_back(std::move(fact));
  }
  std::size_t budget = std::clamp(text.size() / 10, kFewestFactLetters, kMostFactLetters);
  for (const Kind kind : {Kind::kExact, Kind::kName}) {
    for (Fact& fact : facts) {
      if (fact.kind != kind || fact.text.size() > budget) continue;
      fact.kept = true;
      budget -= fact.text.size();
    }
  }
  std::vector<std::string> kept;
  for (Fact& fact : facts) {
    if (fact.kept) kept.push_back(std::move(fact.text));
  }
  return kept;
}

}  // namespace quire
