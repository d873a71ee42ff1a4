#include "eval/memory_score.h"

#include <algorithm>
#include <cctype>
#include <set>

namespace quire {
namespace {

constexpr std::size_t kLongWord = 6;  // letters: what a text is about

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::set<std::string> long_words(const std::string& text) {
  std::set<std::string> words;
  std::string word;
  for (const char c : text + " ") {
    if (std::isalpha(static_cast<unsigned char>(c))) {
      word += c;
    } else {
      if (word.size() >= kLongWord) words.insert(lower(word));
      word.clear();
    }
  }
  return words;
}

}  // namespace

bool holds_answer(const std::string& text, const std::string& answer) {
  return lower(text).find(lower(answer)) != std::string::npos;
}

Kept score_life(const std::vector<LifeEntry>& life, const Readable& readable) {
  double exact = 0, exact_all = 0, phrase = 0, phrase_all = 0, words = 0, words_all = 0;
  for (std::size_t i = 0; i < life.size(); ++i) {
    const LifeEntry& entry = life[i];
    const auto found = readable.find(i);
    const std::string text = found == readable.end() ? "" : found->second;
    const bool kept = entry.kind != FactKind::kNone && holds_answer(text, entry.answer);
    (entry.kind == FactKind::kExact ? exact_all : phrase_all) += entry.kind != FactKind::kNone;
    (entry.kind == FactKind::kExact ? exact : phrase) += kept;
    const std::set<std::string> seen = long_words(text);
    for (const std::string& word : long_words(entry.text)) {
      words_all += 1;
      words += seen.contains(word);
    }
  }
  const auto share = [](double part, double all) { return all > 0 ? part / all : 0; };
  return {share(exact, exact_all), share(phrase, phrase_all), share(words, words_all)};
}

}  // namespace quire
