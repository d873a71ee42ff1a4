#include "eval/summary.h"

#include <algorithm>
#include <cctype>
#include <map>

namespace quire {
namespace {

constexpr std::size_t kShortestWord = 4;  // shorter ones are mostly grammar

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const auto c = static_cast<unsigned char>(i < text.size() ? text[i] : ' ');
    if (std::isalnum(c) || c >= 0x80) {
      word += static_cast<char>(std::tolower(c));
    } else {
      if (word.size() >= kShortestWord) words.push_back(word);
      word.clear();
    }
  }
  return words;
}

}  // namespace

std::vector<Sentence> sentences_of(const std::vector<std::string>& texts) {
  std::vector<Sentence> sentences;
  for (std::size_t source = 0; source < texts.size(); ++source) {
    const std::string& text = texts[source];
    std::size_t begin = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool end = (text[i] == '.' || text[i] == '!' || text[i] == '?') &&
                       (i + 1 == text.size() || text[i + 1] == ' ');
      if (!end && i + 1 < text.size()) continue;
      if (i + 1 > begin) sentences.push_back({source, text.substr(begin, i + 1 - begin)});
      begin = std::min(i + 2, text.size());
    }
  }
  return sentences;
}

std::vector<std::size_t> sum_basic(const std::vector<Sentence>& sentences, std::size_t most) {
  std::map<std::string, std::size_t> numbers;
  std::vector<double> probability;
  std::vector<std::vector<std::size_t>> words;
  double total = 0;
  for (const Sentence& sentence : sentences) {
    words.emplace_back();
    for (const std::string& word : words_of(sentence.text)) {
      const auto [place, added] = numbers.emplace(word, probability.size());
      if (added) probability.push_back(0);
      probability[place->second] += 1;
      total += 1;
      words.back().push_back(place->second);
    }
  }
  for (double& p : probability) p /= total;

  std::vector<std::size_t> order;
  std::vector<bool> taken(sentences.size(), false);
  while (order.size() < std::min(most, sentences.size())) {
    std::size_t best = sentences.size();
    double best_score = -1;
    for (std::size_t i = 0; i < sentences.size(); ++i) {
      if (taken[i]) continue;
      double score = 0;
      for (const std::size_t word : words[i]) score += probability[word];
      if (!words[i].empty()) score /= static_cast<double>(words[i].size());
      if (score > best_score) {
        best_score = score;
        best = i;
      }
    }
    taken[best] = true;
    order.push_back(best);
    for (const std::size_t word : words[best]) probability[word] *= probability[word];
  }
  return order;
}

}  // namespace quire
