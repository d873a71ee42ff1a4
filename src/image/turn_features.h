// The fingerprint that image/turn.h explains.
#pragma once

#include <array>
#include <cstdint>

#include "format/image.h"

namespace quire {

inline constexpr int kTurnScales = 4, kTurnPatterns = 512;

struct TurnFeatures {
  // (scale, pattern): the square root of the pattern's share of the scale's patterns. All ink and
  // all paper are not counted. The root, so that the many straight edges do not outweigh the rest.
  std::array<std::array<float, kTurnPatterns>, kTurnScales> value{};
  std::int64_t counted = 0;  // patterns at the second scale
};

TurnFeatures turn_features(const Image& image);

// A pattern's bit for column x and row y, both 0 to 2.
constexpr int turn_bit(int x, int y) { return 1 << (8 - 3 * x - y); }

// The pattern as it is when the page is turned a quarter clockwise.
constexpr int quarter_turned(int pattern) {
  int turned = 0;
  for (int x = 0; x < 3; ++x) {
    for (int y = 0; y < 3; ++y) {
      if ((pattern & turn_bit(x, y)) != 0) turned |= turn_bit(2 - y, x);
    }
  }
  return turned;
}

}  // namespace quire
