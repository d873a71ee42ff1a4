#include "text/word_diff.h"

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "text/unicode_class.h"
#include "text/utf8.h"

namespace quire {
namespace {

constexpr int kMaxEdits = 2000;
constexpr char32_t kSoftHyphen = U'\u00AD';

std::string compose(std::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfkc = icu::Normalizer2::getNFKCInstance(error);
  const std::string repaired = repair_utf8(text);
  if (U_FAILURE(error)) return repaired;
  const icu::UnicodeString composed =
      nfkc->normalize(icu::UnicodeString::fromUTF8(repaired), error);
  std::string out;
  return U_FAILURE(error) ? repaired : composed.toUTF8String(out);
}

// The furthest point on each diagonal after so many edits: reached[d][k + d] is how far into the
// left text the path on diagonal k = left - right has come.
using Reached = std::vector<std::vector<int>>;

struct Point {
  int left = 0, right = 0;
};

class Script {
 public:
  Script(const std::vector<std::string>& left, const std::vector<std::string>& right)
      : left_(left), right_(right) {}

  // The pairs of equal words, in order.
  std::vector<Point> matches() {
    const int edits = search();
    Point end{static_cast<int>(left_.size()), static_cast<int>(right_.size())};
    if (edits > kMaxEdits) end = furthest();
    std::vector<Point> pairs;
    for (int d = static_cast<int>(reached_.size()) - 1; d >= 0; --d) {
      const int k = end.left - end.right;
      const int before = d == 0 ? 0 : start(d, k);
      while (end.left > before && end.left > 0 && end.right > 0) {
        pairs.push_back({--end.left, --end.right});
      }
      if (d == 0) break;
      const bool down = came_down(d, k);
      end = down ? Point{before, before - k - 1} : Point{before - 1, before - k};
    }
    std::reverse(pairs.begin(), pairs.end());
    return pairs;
  }

 private:
  int at(int d, int k) const {
    return reached_[static_cast<std::size_t>(d)][static_cast<std::size_t>(k + d)];
  }
  // Whether the d-th edit on the way to diagonal k inserted a word of the right text.
  bool came_down(int d, int k) const {
    return k == -d || (k != d && at(d - 1, k - 1) < at(d - 1, k + 1));
  }
  int start(int d, int k) const {
    return came_down(d, k) ? at(d - 1, k + 1) : at(d - 1, k - 1) + 1;
  }

  int search() {
    const int n = static_cast<int>(left_.size()), m = static_cast<int>(right_.size());
    for (int d = 0; d <= kMaxEdits; ++d) {
      reached_.emplace_back(static_cast<std::size_t>(2 * d + 1));
      for (int k = -d; k <= d; k += 2) {
        int x = d == 0 ? 0 : start(d, k);
        // Paths may run out of a text; they can match nothing there.
        while (x < n && x - k < m && x - k >= 0 && same(x, x - k)) ++x;
        reached_.back()[static_cast<std::size_t>(k + d)] = x;
        if (x == n && x - k == m) return d;
      }
    }
    return kMaxEdits + 1;
  }

  bool same(int x, int y) const {
    return left_[static_cast<std::size_t>(x)] == right_[static_cast<std::size_t>(y)];
  }

  // Of the paths that were given up, the one that covers most of both texts.
  Point furthest() const {
    const int n = static_cast<int>(left_.size()), m = static_cast<int>(right_.size());
    Point best;
    for (int k = -kMaxEdits; k <= kMaxEdits; k += 2) {
      const int x = at(kMaxEdits, k), y = x - k;
      if (x <= n && y >= 0 && y <= m && x + y > best.left + best.right) best = {x, y};
    }
    return best;
  }

  const std::vector<std::string>&left_, &right_;
  Reached reached_;
};

std::string join(const std::vector<std::string>& words, std::size_t begin, std::size_t end) {
  std::string text;
  for (std::size_t i = begin; i < end; ++i) text += (i == begin ? "" : " ") + words[i];
  return text;
}

}  // namespace

std::vector<std::string> comparable_words(std::string_view text) {
  std::vector<std::string> words;
  std::u32string word;
  bool joins = false;  // the last word ended with a hyphen at the end of its line
  const auto finish = [&](char32_t space) {
    if (word.empty()) {
      if (space != U'\n') return;
      joins = joins && space == U'\n';
      return;
    }
    const bool hyphen = word.size() > 1 && word.back() == U'-' && space == U'\n';
    if (hyphen) word.pop_back();
    if (joins) {
      words.back() += encode_utf8(word);
    } else {
      words.push_back(encode_utf8(word));
    }
    joins = hyphen;
    word.clear();
  };
  for (const char32_t c : decode_utf8_lossy(compose(text))) {
    if (c == kSoftHyphen) continue;
    if ((char_class(c) & kSpace) != 0) {
      finish(c);
    } else {
      word += c;
    }
  }
  finish(U' ');
  return words;
}

WordDiff diff_words(std::string_view left, std::string_view right) {
  const std::vector<std::string> a = comparable_words(left), b = comparable_words(right);
  WordDiff diff;
  diff.left_words = a.size();
  diff.right_words = b.size();
  std::vector<Point> pairs = Script(a, b).matches();
  diff.common = pairs.size();
  pairs.push_back({static_cast<int>(a.size()), static_cast<int>(b.size())});
  std::size_t i = 0, j = 0;
  for (const Point& pair : pairs) {
    const auto x = static_cast<std::size_t>(pair.left), y = static_cast<std::size_t>(pair.right);
    if (x > i || y > j) diff.differences.push_back({i, j, join(a, i, x), join(b, j, y)});
    i = x + 1;
    j = y + 1;
  }
  return diff;
}

}  // namespace quire
