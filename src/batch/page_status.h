// How a page of a pile ended: every page ends in exactly one of these.
#pragma once

#include <array>
#include <bitset>
#include <optional>
#include <string_view>

namespace quire {

// Best first: of two records of one page the better one stands.
enum class PageStatus {
  kOk,          // the model came to its end
  kBlank,       // there is nothing on the page, or the model found nothing to say
  kLoop,        // the model turned in a circle and was stopped; its words until then are kept
  kLimit,       // it was still writing at the limit of tokens; its words are kept
  kUnreadable,  // the file, or this page of it, is no picture: broken, encrypted, too large
  kTimeout,     // the deadline of a page passed
  kError,       // anything else; the reason says what
};
inline constexpr std::size_t kPageStatuses = 7;

inline constexpr std::array<std::string_view, kPageStatuses> kPageStatusNames = {
    "ok", "blank", "loop", "limit", "unreadable", "timeout", "error"};

constexpr std::string_view to_string(PageStatus status) {
  return kPageStatusNames[static_cast<std::size_t>(status)];
}

constexpr std::optional<PageStatus> find_page_status(std::string_view name) {
  for (std::size_t i = 0; i < kPageStatuses; ++i) {
    if (kPageStatusNames[i] == name) return static_cast<PageStatus>(i);
  }
  return std::nullopt;
}

using PageStatusSet = std::bitset<kPageStatuses>;

// A page that ended in another way has to be looked at.
constexpr bool is_read(PageStatus status) {
  return status == PageStatus::kOk || status == PageStatus::kBlank;
}

}  // namespace quire
