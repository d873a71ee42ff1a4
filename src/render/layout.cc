#include <cmath>
#include <limits>

#include "render/page.h"

namespace quire {
namespace {

constexpr double kNaturalAspect = 1.93;  // height : advance of a monospaced face's cell
constexpr double kMostAspect = 4;
constexpr double kSpreadLines = 0.85;  // a cell that is too high only spreads the lines
constexpr int kPatchesPerToken = 4;    // across: patches of 16 pixels in a token's 64
constexpr double kCutLetters = 0.7;    // as bad as letters twice too high or too flat

}  // namespace

Result<PageLayout> layout_for(int side, int characters) {
  if (side <= 0 || side % kTokenPixels != 0) {
    return invalid("a page of " + std::to_string(side) +
                   " pixels: the side must be a multiple of " + std::to_string(kTokenPixels));
  }
  if (characters <= 0) return invalid("a page must hold at least one character");

  const int tokens_across = side / kTokenPixels;
  PageLayout best;
  // Prefer letters of natural shape, waste little of the page, and let cells end where the patches
  // of the encoder do: a letter that lies in one patch is learned ten times faster than one that is
  // cut anywhere (docs/lab-notes.md).
  double best_cost = std::numeric_limits<double>::infinity();
  for (int k = 1; k <= kMaxRowsPerToken; ++k) {
    const std::int64_t per_column = static_cast<std::int64_t>(tokens_across) * tokens_across * k;
    const std::int64_t m = (characters + per_column - 1) / per_column;  // characters across a token
    const double aspect = static_cast<double>(m) / k;                   // height : width of a cell
    const double waste = static_cast<double>(m * per_column) / characters;
    const bool aligned = m % kPatchesPerToken == 0;
    const double strange = std::log(aspect / kNaturalAspect);
    const double cost = (strange > 0 ? kSpreadLines * strange : -strange) + std::log(waste) +
                        (aligned ? 0 : kCutLetters);
    if (aspect > kMostAspect || cost >= best_cost) continue;
    best_cost = cost;
    best.side = side;
    best.columns = static_cast<int>(m) * tokens_across;
    best.rows_per_token = k;
  }
  if (best_cost == std::numeric_limits<double>::infinity()) {
    return over_limit(std::to_string(characters) + " characters on a page of " +
                      std::to_string(side) +
                      " pixels would need lines below 5 pixels; use more pages or a larger mode");
  }
  return best;
}

}  // namespace quire
