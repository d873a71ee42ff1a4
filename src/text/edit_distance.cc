#include "text/edit_distance.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace quire {
namespace {

// Cuts what both texts begin and end with; an alignment of least distance with most matches matches
// all of that. Returns how many characters went from each.
std::size_t trim_common(std::u32string_view& a, std::u32string_view& b) {
  const auto head = static_cast<std::size_t>(
      std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
  a.remove_prefix(head), b.remove_prefix(head);
  const auto tail = static_cast<std::size_t>(
      std::mismatch(a.rbegin(), a.rend(), b.rbegin(), b.rend()).first - a.rbegin());
  a.remove_suffix(tail), b.remove_suffix(tail);
  return head + tail;
}

// Characters as small numbers: 0 for those that the pattern does not have.
class Codes {
 public:
  explicit Codes(std::u32string_view pattern) {
    for (const char32_t c : pattern) codes_.try_emplace(c, codes_.size() + 1);
  }
  std::size_t size() const { return codes_.size() + 1; }
  std::vector<std::uint32_t> of(std::u32string_view text) const {
    std::vector<std::uint32_t> out;
    out.reserve(text.size());
    for (const char32_t c : text) {
      const auto found = codes_.find(c);
      out.push_back(found == codes_.end() ? 0 : static_cast<std::uint32_t>(found->second));
    }
    return out;
  }

 private:
  std::unordered_map<char32_t, std::size_t> codes_;
};

// 64 rows of the distance matrix, advanced column by column. Bit i of up/down says that row i is
// one more/one less than the row above it.
class Strip {
 public:
  explicit Strip(std::size_t rows) : last_(rows - 1) {}

  // `equal`: the rows whose character is this column's. `step`: the difference, -1, 0 or 1, to the
  // previous column in the row above the strip; returns that in the strip's last row.
  int advance(std::uint64_t equal, int step) {
    const std::uint64_t diagonal = equal | down_;
    if (step < 0) equal |= 1;
    const std::uint64_t carry = (((equal & up_) + up_) ^ up_) | equal;
    std::uint64_t right_up = down_ | ~(carry | up_);
    std::uint64_t right_down = up_ & carry;
    const int out =
        static_cast<int>(right_up >> last_ & 1) - static_cast<int>(right_down >> last_ & 1);
    right_up = right_up << 1 | (step > 0);
    right_down = right_down << 1 | (step < 0);
    up_ = right_down | ~(diagonal | right_up);
    down_ = right_up & diagonal;
    return out;
  }

 private:
  std::size_t last_;
  std::uint64_t up_ = ~std::uint64_t{0}, down_ = 0;
};

}  // namespace

std::size_t edit_distance(std::u32string_view a, std::u32string_view b) {
  trim_common(a, b);
  if (a.size() > b.size()) std::swap(a, b);
  if (a.empty()) return b.size();

  const Codes codes(a);
  const std::vector<std::uint32_t> rows = codes.of(a), columns = codes.of(b);
  std::vector<std::uint64_t> equal(codes.size(), 0);
  std::vector<std::int8_t> steps(columns.size(), 1);  // along the row above the strip
  for (std::size_t begin = 0; begin < rows.size(); begin += 64) {
    const std::size_t end = std::min(begin + 64, rows.size());
    for (std::size_t i = begin; i < end; ++i) equal[rows[i]] |= std::uint64_t{1} << (i - begin);
    Strip strip(end - begin);
    for (std::size_t j = 0; j < columns.size(); ++j) {
      steps[j] = static_cast<std::int8_t>(strip.advance(equal[columns[j]], steps[j]));
    }
    for (std::size_t i = begin; i < end; ++i) equal[rows[i]] = 0;
  }
  auto distance = static_cast<std::ptrdiff_t>(a.size());
  for (const std::int8_t step : steps) distance += step;
  return static_cast<std::size_t>(distance);
}

double one_minus_ed(std::u32string_view a, std::u32string_view b) {
  const std::size_t longer = std::max(a.size(), b.size());
  if (longer == 0) return 1;
  return 1 - static_cast<double>(edit_distance(a, b)) / static_cast<double>(longer);
}

// Dynamic programming on (distance, -matches) in one number, so that the least is the one wanted.
// An alignment of distance d leaves the diagonal by no more than d allows, so with d known first
// only a band of d + 1 diagonals is filled.
std::size_t matched_characters(std::u32string_view a, std::u32string_view b) {
  const std::size_t common = trim_common(a, b);
  if (a.size() > b.size()) std::swap(a, b);
  if (a.empty()) return common;

  const auto distance = static_cast<std::ptrdiff_t>(edit_distance(a, b));
  const auto longer_by = static_cast<std::ptrdiff_t>(b.size() - a.size());
  const std::ptrdiff_t below = (distance - longer_by) / 2;  // diagonals j - i in [-below, above]
  const std::ptrdiff_t above = (distance + longer_by) / 2;

  constexpr std::int64_t kEdit = std::int64_t{1} << 32, kMatch = -1;
  constexpr std::int64_t kOutside = std::numeric_limits<std::int64_t>::max() / 2;
  // best[k + below + 1] for diagonal k, with a border on each side; row i - 1 until overwritten.
  std::vector<std::int64_t> best(static_cast<std::size_t>(below + above) + 3, kOutside);
  const auto rows = static_cast<std::ptrdiff_t>(a.size()),
             columns = static_cast<std::ptrdiff_t>(b.size());
  for (std::ptrdiff_t i = 0; i <= rows; ++i) {
    for (std::ptrdiff_t k = -below; k <= above; ++k) {
      const std::ptrdiff_t j = i + k;
      std::int64_t* cell = &best[static_cast<std::size_t>(k + below + 1)];
      if (j < 0 || j > columns) {
        *cell = kOutside;
      } else if (i == 0) {
        *cell = j * kEdit;
      } else {
        const std::int64_t from_above = cell[1] + kEdit;                     // row i - 1, column j
        const std::int64_t from_left = j > 0 ? cell[-1] + kEdit : kOutside;  // row i, column j - 1
        const bool same =
            j > 0 && a[static_cast<std::size_t>(i - 1)] == b[static_cast<std::size_t>(j - 1)];
        const std::int64_t diagonal = j > 0 ? *cell + (same ? kMatch : kEdit) : kOutside;
        *cell = std::min({from_above, from_left, diagonal});
      }
    }
  }
  const std::int64_t end = best[static_cast<std::size_t>(longer_by + below + 1)];
  return common + static_cast<std::size_t>(distance * kEdit - end);
}

}  // namespace quire
