// Learns the weights of image/turn.h from pictures of upright pages:
//
//   scripts/turn_pages pages/                         hundreds of pages of 32 languages
//   turn_train src/image/turn_weights.h pages/*.tif   some minutes
//   turn_train - OTHERS.tif...                        how the built-in weights do on others
//
// Each page is taken as it is and distorted five times. The loss is the cross-entropy of the four
// scores, with a little weight decay; it is convex, so there is nothing to tune but that.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/progress.h"
#include "image/lab/distort.h"
#include "image/orientation.h"
#include "image/turn.h"
#include "image/turn_features.h"
#include "image/upright.h"

namespace quire {
namespace {

constexpr int kDistorted = 5, kSteps = 300;
constexpr double kDecay = 1e-5, kRate = 0.05;

using Weights = std::vector<double>;  // (scale, pattern)

// Where in the weights a feature's value counts when the page is turned so many quarters.
std::size_t index(std::size_t scale, int pattern, int quarters) {
  for (int i = 0; i < quarters; ++i) pattern = quarter_turned(pattern);
  return scale * kTurnPatterns + static_cast<std::size_t>(pattern);
}

template <typename Visit>  // (value, index) of every feature
void visit(const TurnFeatures& page, int quarters, Visit each) {
  static const std::vector<std::size_t> table = [] {
    std::vector<std::size_t> all;
    for (int q = 0; q < 4; ++q) {
      for (std::size_t s = 0; s < kTurnScales; ++s) {
        for (int p = 0; p < kTurnPatterns; ++p) all.push_back(index(s, p, q));
      }
    }
    return all;
  }();
  std::size_t at = static_cast<std::size_t>(quarters) * kTurnScales * kTurnPatterns;
  for (const auto& values : page.value) {
    for (const float value : values) each(value, table[at++]);
  }
}

// Adds the gradient of one page's loss; the loss.
double learn(const TurnFeatures& page, const Weights& weights, Weights& gradient) {
  double score[4] = {}, sum = 0;
  for (int q = 0; q < 4; ++q) {
    visit(page, q, [&](double value, std::size_t at) { score[q] += value * weights[at]; });
  }
  const double most = *std::max_element(score, score + 4);
  for (const double s : score) sum += std::exp(s - most);
  for (int q = 0; q < 4; ++q) {
    const double pull = std::exp(score[q] - most) / sum - (q == 0 ? 1 : 0);
    visit(page, q, [&](double value, std::size_t at) { gradient[at] += pull * value; });
  }
  return std::log(sum) + most - score[0];
}

Weights train(const std::vector<TurnFeatures>& pages) {
  Weights weights(kTurnScales * kTurnPatterns), first(weights), second(weights);
  Progress progress({.what = "train", .unit = "steps", .total = kSteps});
  for (int step = 1; step <= kSteps; ++step) {  // Adam
    Weights gradient(weights.size());
    double loss = 0;
    for (const TurnFeatures& page : pages) loss += learn(page, weights, gradient);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const double g = gradient[i] / static_cast<double>(pages.size()) + kDecay * weights[i];
      first[i] = 0.9 * first[i] + 0.1 * g;
      second[i] = 0.999 * second[i] + 0.001 * g * g;
      weights[i] -= kRate * (first[i] / (1 - std::pow(0.9, step))) /
                    (std::sqrt(second[i] / (1 - std::pow(0.999, step))) + 1e-8);
    }
    progress.update(static_cast<std::uint64_t>(step),
                    "loss " + std::to_string(loss / static_cast<double>(pages.size())));
  }
  return weights;
}

std::string as_header(const Weights& weights) {
  double most = 0;
  for (const double weight : weights) most = std::max(most, std::abs(weight));
  char unit[32];
  std::snprintf(unit, sizeof(unit), "%.6g", most / 127);
  std::string out =
      "// Written by image/lab/turn_train.cc: the weights of image/turn.h, (scale, pattern).\n"
      "#pragma once\n\n#include <cstdint>\n\nnamespace quire {\n\n"
      "inline constexpr double kTurnWeightUnit = " +
      std::string(unit) +
      ";\n\n// clang-format off\ninline constexpr std::int8_t kTurnWeights[4][512] = {";
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (i % kTurnPatterns == 0) out += i == 0 ? "{" : "},\n{";
    if (i % 16 == 0) out += "\n  ";
    out += std::to_string(std::lround(weights[i] / most * 127)) + ",";
  }
  return out + "}};\n// clang-format on\n\n}  // namespace quire\n";
}

struct Tally {
  int pages = 0, right = 0, sure = 0, sure_and_wrong = 0;
};

// An upright page in each of the four positions; a line for those that are not found surely.
void test(const std::string& path, const Image& page, Tally& tally) {
  constexpr int kExif[] = {1, 8, 3, 6};  // laid down so that 0, 90, 180, 270 degrees right it
  for (int quarter = 0; quarter < 4; ++quarter) {
    const Turn turn = find_turn(apply_orientation(page, kExif[quarter]));
    const bool right = turn.clockwise == 90 * quarter;
    ++tally.pages;
    tally.right += right;
    tally.sure += turn.sure;
    tally.sure_and_wrong += turn.sure && !right;
    if (turn.sure && right) continue;
    std::printf("%s\tneeds %d\tfound %d\tmargin %.2f\t%s\n", path.c_str(), 90 * quarter,
                turn.clockwise, turn.margin, turn.sure ? "sure" : "unsure");
  }
}

int run(const std::string& output, const std::vector<std::string>& paths) {
  std::mt19937 random(3);
  std::vector<TurnFeatures> pages;
  Tally tally;
  Progress progress({.what = "pages", .unit = "pages", .total = paths.size()});
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const Result<Image> page = read_upright(paths[i]);
    if (!page) {
      std::fprintf(stderr, "%s\n", page.status().message().c_str());
      return 1;
    }
    if (output == "-") {
      test(paths[i], *page, tally);
      continue;
    }
    pages.push_back(turn_features(*page));
    for (int k = 0; k < kDistorted; ++k) pages.push_back(turn_features(distort(*page, random)));
    progress.update(i + 1);
  }
  progress.finish();
  if (output == "-") {
    std::printf("%d positions: %d right, %d sure, %d sure and wrong\n", tally.pages, tally.right,
                tally.sure, tally.sure_and_wrong);
    return 0;
  }
  std::erase_if(pages, [](const TurnFeatures& page) { return page.counted < 300; });
  const Status written = write_file(output, as_header(train(pages)));
  if (!written.ok()) std::fprintf(stderr, "%s\n", written.message().c_str());
  return written.ok() ? 0 : 1;
}

}  // namespace
}  // namespace quire

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "turn_train HEADER|- PICTURE...\n");
    return 2;
  }
  return quire::run(argv[1], {argv + 2, argv + argc});
}
