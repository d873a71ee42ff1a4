// Finds literal strings in a text, leftmost first and the longest of those that start together:
// how added tokens are cut out before anything else sees them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quire {

class LiteralMatcher {
 public:
  struct Match {
    std::size_t begin, length;
    std::int32_t id;
  };

  LiteralMatcher() = default;
  // No literal may be empty; of equal ones the last counts.
  explicit LiteralMatcher(std::vector<std::pair<std::string, std::int32_t>> literals);

  // The first match that begins at `from` or later.
  std::optional<Match> find(std::string_view text, std::size_t from) const;

 private:
  std::optional<Match> longest_at(std::string_view text, std::size_t at) const;

  std::vector<std::pair<std::string, std::int32_t>> sorted_;
  std::array<bool, 256> starts_{};  // by first byte: does any literal begin with it?
};

}  // namespace quire
