// When to give up work that somebody waits for: they asked, or their time is over. Cheap to copy,
// and any thread may ask it as often as it likes.
//
//   std::stop_source left;
//   const Cancel cancel(left.get_token(), steady_seconds() + 30);
//   while (!cancel.asked()) ...;
//   return cancel.status();
#pragma once

#include <limits>
#include <stop_token>
#include <utility>

#include "base/clock.h"
#include "base/status.h"

namespace quire {

class Cancel {
 public:
  static constexpr double kNoDeadline = std::numeric_limits<double>::infinity();

  Cancel() = default;  // never
  // deadline: of steady_seconds().
  explicit Cancel(std::stop_token token, double deadline = kNoDeadline)
      : token_(std::move(token)), deadline_(deadline) {}

  double deadline() const { return deadline_; }
  bool asked() const {
    return token_.stop_requested() || (deadline_ != kNoDeadline && steady_seconds() >= deadline_);
  }
  // kCancelled or kTimeout; no error when nobody asked.
  Status status() const {
    if (token_.stop_requested()) return {Code::kCancelled, "it was cancelled"};
    if (asked()) return {Code::kTimeout, "its time was over before it was done"};
    return {};
  }

 private:
  std::stop_token token_;
  double deadline_ = kNoDeadline;
};

}  // namespace quire
