// What to do about a page that loops or does not end: try again, each time in one more respect
// differently. Another ban of repeats costs only the decoding; another mode shows the model another
// picture; a little chance comes last, because it can put words on a page that are not there.
//
// A page is read when one try ended by itself. Otherwise it was not, and the first try stands, with
// its status: of several wrong answers none is better for coming later.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "infer/ask.h"
#include "infer/modes.h"

namespace quire {

// All that one try may do differently from another.
struct Way {
  Mode mode;
  NgramPreset guard = kDefaultGuard;
  float temperature = 0;
  std::uint64_t seed = 0;
};

// What came of a try.
struct Attempt {
  Way way;
  ReadStatus status = ReadStatus::kError;
  std::string problem;  // of kError
  std::size_t tokens = 0;
  double seconds = 0;
};

inline constexpr int kMaxRetries = 4;

// `first`, and the ways to try behind it in order, at most `retries` of them:
//   1. another guard: the whole sequence instead of a window, 30/90 instead of the whole sequence
//   2. that guard in the mode's second look
//   3. first's mode with that guard at temperature 0.2
//   4. the same at 0.4
std::vector<Way> ladder(const Way& first, int retries = kMaxRetries);

struct Climb {
  Answer answer;
  std::size_t chosen = 0;  // which attempt it is
  std::vector<Attempt> attempts;
};

// Tries one way after another until one succeeds. The error of the first way is returned; that of a
// later one is noted and the next is tried.
Result<Climb> climb(std::span<const Way> ways,
                    const std::function<Result<Answer>(const Way& way)>& read);

}  // namespace quire
