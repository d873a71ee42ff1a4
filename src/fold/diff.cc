// Myers' greedy algorithm (1986): for each number of edits d, how far each diagonal x - y can be
// followed. After kMostEdits it settles for the point that lies furthest ahead and starts anew
// from there.
#include "fold/diff.h"

#include <cstdint>

namespace quire {
namespace {

constexpr int kMostEdits = 512;  // a trace of 1 MB

struct Point {
  int x = 0, y = 0;  // bytes of `from` and of `to` that are done with
};

// furthest[d][k + d]: x on diagonal k after d edits, for k = -d, -d + 2, ..., d.
using Trace = std::vector<std::vector<int>>;

// Where the path to diagonal k with d edits came from: did its last edit insert (k + 1) or drop?
bool last_was_insert(const std::vector<int>& before, int d, int k) {
  const auto at = [&](int diagonal) { return before[static_cast<std::size_t>(diagonal + d - 1)]; };
  return k == -d || (k != d && at(k - 1) < at(k + 1));
}

// Follows the strings until both end or the edits are used up; where that is, and how it got there.
Point explore(std::string_view from, std::string_view to, Trace& trace, int& edits) {
  const int n = static_cast<int>(from.size()), m = static_cast<int>(to.size());
  Point best;
  trace.clear();
  for (int d = 0; d <= kMostEdits; ++d) {
    std::vector<int> furthest(static_cast<std::size_t>(2 * d + 1), 0);
    for (int k = -d; k <= d; k += 2) {
      int x = 0;
      if (d > 0) {
        const std::vector<int>& before = trace.back();
        const bool insert = last_was_insert(before, d, k);
        x = before[static_cast<std::size_t>((insert ? k + 1 : k - 1) + d - 1)] + (insert ? 0 : 1);
      }
      int y = x - k;
      while (x < n && y < m &&
             from[static_cast<std::size_t>(x)] == to[static_cast<std::size_t>(y)]) {
        ++x, ++y;
      }
      furthest[static_cast<std::size_t>(k + d)] = x;
      if (x <= n && y <= m && x + y >= best.x + best.y) {
        best = {x, y};
        edits = d;
      }
    }
    trace.push_back(std::move(furthest));
    if (best.x == n && best.y == m) break;
  }
  return best;
}

}  // namespace

std::vector<Edit> diff(std::string_view from, std::string_view to) {
  std::vector<Edit> edits;
  Trace trace;
  while (!from.empty() || !to.empty()) {
    int count = 0;
    const Point end = explore(from, to, trace, count);

    // Back along the trace; the path comes out last edit first.
    std::vector<Edit> path(static_cast<std::size_t>(count) + 1);
    Point at = end;
    for (int d = count; d > 0; --d) {
      const std::vector<int>& before = trace[static_cast<std::size_t>(d) - 1];
      const int k = at.x - at.y;
      const bool insert = last_was_insert(before, d, k);
      const int diagonal = insert ? k + 1 : k - 1;
      const int x = before[static_cast<std::size_t>(diagonal + d - 1)];
      const Point edited = {x + (insert ? 0 : 1), x - diagonal + (insert ? 1 : 0)};
      path[static_cast<std::size_t>(d)].copy = static_cast<std::size_t>(at.x - edited.x);
      (insert ? path[static_cast<std::size_t>(d) - 1].insert
              : path[static_cast<std::size_t>(d) - 1].drop) = 1;
      at = {x, x - diagonal};
    }
    path[0].copy = static_cast<std::size_t>(at.x);

    // Edits with no copy between them are one.
    for (const Edit& step : path) {
      if (step.copy == 0 && !edits.empty()) {
        edits.back().drop += step.drop;
        edits.back().insert += step.insert;
      } else if (!edits.empty() && edits.back().drop == 0 && edits.back().insert == 0) {
        edits.back().copy += step.copy;
        edits.back().drop = step.drop;
        edits.back().insert = step.insert;
      } else {
        edits.push_back(step);
      }
    }
    from.remove_prefix(static_cast<std::size_t>(end.x));
    to.remove_prefix(static_cast<std::size_t>(end.y));
  }
  if (!edits.empty() && edits.back().drop == 0 && edits.back().insert == 0) edits.pop_back();
  return edits;
}

}  // namespace quire
