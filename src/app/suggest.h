// The word somebody probably meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace quire {

// The candidate nearest to `word`, or "" when none is near.
std::string nearest_word(std::string_view word, const std::vector<std::string>& candidates);

// "; did you mean 'fold'?", or "" when nothing is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace quire
