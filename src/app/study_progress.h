// The bar of a study that says of each step how many are done, of how many, and what it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/progress.h"

namespace quire {

class StudyProgress {
 public:
  StudyProgress(std::string what, std::string unit, bool quiet)
      : what_(std::move(what)), unit_(std::move(unit)), quiet_(quiet) {}

  // Always true: go on.
  bool operator()(int done, int total, const std::string& step) {
    if (!bar_) {
      bar_.emplace(ProgressOptions{.what = what_,
                                   .unit = unit_,
                                   .total = static_cast<std::uint64_t>(total),
                                   .quiet = quiet_});
    }
    bar_->update(static_cast<std::uint64_t>(done), step);
    return true;
  }
  void finish() {
    if (bar_) bar_->finish();
  }

 private:
  std::string what_, unit_;
  bool quiet_;
  std::optional<Progress> bar_;
};

}  // namespace quire
