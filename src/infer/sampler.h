// Which id is said next, given the scores that every ban has left: the best, or with a little
// temperature one drawn by chance. The same seed draws the same ids on every machine.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <span>

namespace quire {

class Sampler {
 public:
  // Temperature 0, or less, always takes the best, the first of equals.
  Sampler(float temperature, std::uint64_t seed) : temperature_(temperature), random_(seed) {}

  // One call for each id. Nothing when all scores are minus infinity or one is not a number. An id
  // with minus infinity is never chosen.
  std::optional<std::int32_t> choose(std::span<const float> scores);

 private:
  float temperature_;
  std::mt19937_64 random_;
};

}  // namespace quire
