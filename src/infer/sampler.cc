#include "infer/sampler.h"

#include <cmath>

namespace quire {
namespace {

std::optional<std::size_t> best(std::span<const float> scores) {
  std::size_t found = scores.size();
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (std::isnan(scores[i])) return std::nullopt;
    if (found == scores.size() ? scores[i] > -INFINITY : scores[i] > scores[found]) found = i;
  }
  if (found == scores.size()) return std::nullopt;
  return found;
}

// In [0, 1). The standard's distributions differ from library to library, this does not.
double unit(std::mt19937_64& random) { return static_cast<double>(random() >> 11) * 0x1p-53; }

}  // namespace

std::optional<std::int32_t> Sampler::choose(std::span<const float> scores) {
  const std::optional<std::size_t> top = best(scores);
  if (!top) return std::nullopt;
  if (!(temperature_ > 0) || std::isinf(scores[*top])) return static_cast<std::int32_t>(*top);

  const double highest = scores[*top], heat = static_cast<double>(temperature_);
  const auto weight = [&](float score) { return std::exp((score - highest) / heat); };
  double sum = 0;
  for (const float score : scores) sum += weight(score);
  double left = unit(random_) * sum;
  std::size_t drawn = *top;  // should rounding leave a rest
  for (std::size_t i = 0; i < scores.size(); ++i) {
    left -= weight(scores[i]);
    if (left < 0) {
      drawn = i;
      break;
    }
  }
  return static_cast<std::int32_t>(drawn);
}

}  // namespace quire
