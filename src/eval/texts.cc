#include "eval/texts.h"

#include <algorithm>
#include <filesystem>
#include <random>

#include "base/file.h"
#include "text/unicode_class.h"
#include "text/utf8.h"

namespace quire {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFileBytes = 256u << 20;
constexpr std::size_t kMinWords = 20;  // fewer would be read by heart
constexpr std::size_t kLongestString = 10;
constexpr std::u32string_view kAsciiLetters =
    U"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

// std::uniform_int_distribution differs between libraries; passages must not.
std::size_t below(std::mt19937_64& random, std::size_t n) {
  return static_cast<std::size_t>(random() % n);
}

// As the page will show it: one character for a newline, spaces for tabs, nothing unprintable.
std::u32string cleaned(std::string_view bytes) {
  const std::u32string text = decode_utf8_lossy(bytes);
  std::u32string kept;
  kept.reserve(text.size());
  for (const char32_t c : text) {
    if (c == U'\t') kept += U' ';
    const bool control = c < 0x20 || (c >= 0x7F && c < 0xA0);
    if (c == U'\n' || !(control || c == kReplacement || c == U'\uFEFF')) kept += c;
  }
  while (!kept.empty() && (kept.back() == U'\n' || kept.back() == U' ')) kept.pop_back();
  if (!kept.empty()) kept += U'\n';
  return kept;
}

// Paragraphs begin behind a blank line; in a text without blank lines every line is one.
std::vector<std::size_t> paragraph_starts(std::u32string_view text) {
  const bool blank_lines = text.find(U"\n\n") != text.npos;
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == U'\n' || text[i] == U' ') continue;
    if (i == 0 || (text[i - 1] == U'\n' && (!blank_lines || i == 1 || text[i - 2] == U'\n')))
      starts.push_back(i);
  }
  return starts;
}

bool is_letter(char32_t c) { return is_class(c, CharClass::kLetter); }

// The distinct words of a text, without the marks around them; what holds anything but letters
// inside (numbers, addresses) is no word.
std::vector<std::u32string> distinct_words(std::u32string_view text) {
  std::vector<std::u32string> words;
  for (auto at = text.begin(); at != text.end();) {
    const auto begin = std::find_if_not(at, text.end(), is_python_space);
    auto end = std::find_if(begin, text.end(), is_python_space);
    at = end;
    const auto first = std::find_if(begin, end, is_letter);
    while (end != first && !is_letter(*(end - 1))) --end;
    if (first != end && std::all_of(first, end, is_letter)) words.emplace_back(first, end);
  }
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

}  // namespace

const TextKindRow& row_of(TextKind kind) { return kTextKinds[static_cast<std::size_t>(kind)]; }

std::optional<TextKind> text_kind(std::string_view name) {
  for (const TextKindRow& row : kTextKinds) {
    if (row.name == name) return row.kind;
  }
  return std::nullopt;
}

Result<TextFolder> TextFolder::open(const std::string& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  fs::directory_iterator it(folder, error), end;
  for (; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    if (it->path().extension() == ".txt" && it->is_regular_file(ignored))
      files.push_back(it->path());
  }
  if (error) return not_found(folder + ": cannot be read as a folder of texts: " + error.message());
  std::sort(files.begin(), files.end());
  const auto word_list = [](const fs::path& path) { return path.filename() == "words.txt"; };
  const auto prose = [](const fs::path& path) {
    return path.filename().string().starts_with("prose");
  };
  const bool named = std::any_of(files.begin(), files.end(), prose);

  TextFolder texts;
  std::u32string list;
  for (const fs::path& path : files) {
    if (named && !prose(path) && !word_list(path)) continue;
    const Result<std::string> bytes = read_file(path.string(), kMaxFileBytes);
    if (!bytes) return bytes.status();
    const std::u32string text = cleaned(*bytes);
    if (word_list(path)) {
      list = text;
      continue;
    }
    for (const std::size_t start : paragraph_starts(text))
      texts.paragraphs_.push_back(texts.prose_.size() + start);
    texts.prose_ += text;
  }
  if (texts.paragraphs_.empty())
    return not_found(folder + ": there is no text in it; the study needs *.txt files with prose");
  texts.words_ = distinct_words(list.empty() ? texts.prose_ : list);
  if (texts.words_.size() < kMinWords) {
    return invalid(folder + ": its texts have " + std::to_string(texts.words_.size()) +
                   " different words; the study needs at least " + std::to_string(kMinWords));
  }
  return texts;
}

Result<std::u32string> TextFolder::passage(TextKind kind, std::size_t length, std::uint64_t seed,
                                           std::uint64_t index) const {
  std::mt19937_64 random((seed * 0x9E3779B97F4A7C15ull + index) * 4 +
                         static_cast<std::uint64_t>(kind));
  std::u32string text;
  if (kind == TextKind::kProse) {
    const auto fits = std::upper_bound(
        paragraphs_.begin(), paragraphs_.end(), length,
        [&](std::size_t wanted, std::size_t start) { return prose_.size() - start < wanted; });
    if (fits == paragraphs_.begin()) {
      return over_limit("a page of " + std::to_string(length) +
                        " characters: the folder has only " + std::to_string(prose_.size()) +
                        " characters of prose; add texts or ask for lower ratios");
    }
    const auto count = static_cast<std::size_t>(fits - paragraphs_.begin());
    return prose_.substr(paragraphs_[below(random, count)], length);
  }
  while (text.size() < length) {
    if (!text.empty()) text += U' ';
    if (kind == TextKind::kWords) {
      text += words_[below(random, words_.size())];
    } else {
      for (std::size_t n = 1 + below(random, kLongestString); n > 0; --n)
        text += kAsciiLetters[below(random, kAsciiLetters.size())];
    }
  }
  text.resize(length);
  return text;
}

}  // namespace quire
