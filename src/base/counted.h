// "1 page", "2 pages".
#pragma once

#include <concepts>
#include <string>

namespace quire {

std::string counted(std::integral auto n, const char* one, const char* many) {
  return std::to_string(n) + " " + (n == 1 ? one : many);
}

}  // namespace quire
