#include "app/suggest.h"

#include <algorithm>

#include "text/edit_distance.h"
#include "text/utf8.h"

namespace quire {

std::string nearest_word(std::string_view word, const std::vector<std::string>& candidates) {
  std::string nearest;
  // A third of the letters wrong is a slip; more is another word. Two are always forgiven.
  std::size_t best = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance =
        edit_distance(decode_utf8_lossy(word), decode_utf8_lossy(candidate));
    if (distance >= best || distance >= candidate.size()) continue;
    best = distance;
    nearest = candidate;
  }
  return nearest;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string nearest = nearest_word(word, candidates);
  return nearest.empty() ? "" : "; did you mean '" + nearest + "'?";
}

}  // namespace quire
