// What the ladders share: a rung is an implementation of the same function. It is checked first,
// then timed, best of several runs.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "base/clock.h"

namespace quire::lab {

inline std::vector<float> random_values(std::size_t n, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(n);
  for (float& value : values) value = normal(generator);
  return values;
}

struct Rung {
  std::string name;
  std::function<void(std::vector<float>& result)> run;
  double tolerance = 0;  // its own, where it is larger than that of all
};

// Prints a line for each rung: error against `want`, billions of `work` a second, the share of
// `limit` (0: none known). False when a rung is off by more than `tolerance`.
inline bool climb(const std::vector<Rung>& rungs, const std::vector<float>& want, double tolerance,
                  double work, const char* unit, double limit) {
  bool right = true;
  double norm = 0;
  for (const float value : want) norm += static_cast<double>(value) * value;
  for (const Rung& rung : rungs) {
    std::vector<float> got(want.size());
    double best = 1e30, spent = 0;
    do {
      const double start = steady_seconds();
      rung.run(got);
      best = std::min(best, steady_seconds() - start);
      spent += steady_seconds() - start;
    } while (spent < 0.5);
    double error = 0;
    for (std::size_t i = 0; i < got.size(); ++i)
      error += (static_cast<double>(got[i]) - want[i]) * (static_cast<double>(got[i]) - want[i]);
    error = std::sqrt(error / norm);
    const bool fine = error <= std::max(tolerance, rung.tolerance);
    right = right && fine;
    std::printf("%-44s %8.2f G%s", rung.name.c_str(), work / best / 1e9, unit);
    if (limit > 0) std::printf("  %5.1f%%", 100 * work / best / limit);
    std::printf("  error %.1e%s\n", error, fine ? "" : "  WRONG");
  }
  return right;
}

}  // namespace quire::lab
