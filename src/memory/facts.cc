#include "memory/facts.h"

#include <algorithm>
#include <span>

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
  bool starts_sentence = false;
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
    word.starts_sentence = sentence_starts;
    word.joins_next = last == whole.size() && (end >= text.size() || text[end] == ' ');
    if (!word.text.empty()) {
      words.push_back(word);
      sentence_starts = whole.find_first_of(".!?", last) != whole.npos;
    }
    i = end;
  }
  return words;
}

std::size_t fact_budget(std::string_view text) {
  return std::clamp(text.size() / 10, kFewestFactLetters, kMostFactLetters);
}

// Words [first, last] of a text.
struct Fact {
  std::size_t first = 0, last = 0;
  std::string text;
  Kind kind = Kind::kPlain;
  bool kept = false;
};

// All there are, each once, and as many of them kept as fit in `budget`; returns what is left of
// it.
std::size_t find_facts(std::span<const Word> words, std::size_t budget, std::vector<Fact>& facts) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].kind == Kind::kPlain) continue;
    Fact fact{i, i, std::string(words[i].text), words[i].kind};
    while (words[i].joins_next && i + 1 < words.size() && words[i + 1].kind != Kind::kPlain) {
      ++i;
      fact.text += ' ' + std::string(words[i].text);
      fact.kind = std::max(fact.kind, words[i].kind);
    }
    fact.last = i;
    const bool known =
        std::any_of(facts.begin(), facts.end(), [&](const Fact& f) { return f.text == fact.text; });
    if (!known) facts.push_back(std::move(fact));
  }
  for (const Kind kind : {Kind::kExact, Kind::kName}) {
    for (Fact& fact : facts) {
      if (fact.kind != kind || fact.text.size() > budget) continue;
      fact.kept = true;
      budget -= fact.text.size();
    }
  }
  return budget;
}

// Takes the word before the fact into it, if it is one of the same sentence and fits.
bool lengthen(Fact& fact, std::span<const Word> words, std::size_t& budget) {
  if (fact.first == 0 || words[fact.first].starts_sentence) return false;
  const std::string_view word = words[fact.first - 1].text;
  if (word.size() + 1 > budget) return false;
  budget -= word.size() + 1;
  fact.text = std::string(word) + ' ' + fact.text;
  --fact.first;
  return true;
}

}  // namespace

std::vector<std::string> exact_strings(std::string_view text) {
  std::vector<Fact> facts;
  find_facts(words_of(text), fact_budget(text), facts);
  std::vector<std::string> kept;
  for (Fact& fact : facts) {
    if (fact.kept) kept.push_back(std::move(fact.text));
  }
  return kept;
}

std::vector<std::string> fact_sheet(std::string_view text) {
  const std::vector<Word> words = words_of(text);
  std::vector<Fact> facts;
  std::size_t budget = find_facts(words, fact_budget(text), facts);
  std::erase_if(facts, [](const Fact& fact) { return !fact.kept; });
  std::vector<bool> ends(facts.size(), false);
  for (std::size_t round = 0; round < kWordsBefore; ++round) {
    for (std::size_t i = 0; i < facts.size(); ++i) {
      // What the fact before says need not be said twice.
      const bool meets = i > 0 && facts[i].first == facts[i - 1].last + 1;
      ends[i] = ends[i] || meets || !lengthen(facts[i], words, budget);
    }
  }
  std::vector<std::string> sheet;
  for (Fact& fact : facts) sheet.push_back(std::move(fact.text));
  return sheet;
}

}  // namespace quire
