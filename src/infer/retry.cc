#include "infer/retry.h"

#include <algorithm>
#include <utility>

#include "base/clock.h"

namespace quire {
namespace {

NgramPreset other_guard(const NgramPreset& guard) {
  const bool whole = guard.ngram > 0 && guard.window == 0;
  return *find_ngram_preset(whole ? "30/90" : "20-whole");
}

}  // namespace

std::vector<Way> ladder(const Way& first, int retries) {
  std::vector<Way> ways = {first};
  Way way = first;
  way.guard = other_guard(first.guard);
  ways.push_back(way);
  if (const Result<Mode> second = find_mode(first.mode.second_look)) {
    ways.push_back(way);
    ways.back().mode = *second;
  }
  for (const float temperature : {0.2f, 0.4f}) {
    way.temperature = std::max(first.temperature, temperature);
    ++way.seed;
    ways.push_back(way);
  }
  ways.resize(std::min(ways.size(), 1 + static_cast<std::size_t>(std::max(0, retries))));
  return ways;
}

Result<Climb> climb(std::span<const Way> ways,
                    const std::function<Result<Answer>(const Way& way)>& read) {
  Climb found;
  for (const Way& way : ways) {
    const double begin = steady_seconds();
    Result<Answer> answer = read(way);
    Attempt attempt;
    attempt.way = way;
    attempt.seconds = steady_seconds() - begin;
    if (answer) {
      attempt.status = answer->status;
      attempt.tokens = answer->tokens;
    } else if (found.attempts.empty()) {
      return answer.status();
    } else {
      attempt.problem = answer.status().message();
    }
    found.attempts.push_back(std::move(attempt));
    const bool good = answer && is_success(answer->status);
    if (good || found.attempts.size() == 1) {
      found.chosen = found.attempts.size() - 1;
      found.answer = *std::move(answer);
    }
    if (good) break;
  }
  return found;
}

}  // namespace quire
