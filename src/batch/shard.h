// A part of a pile for one of several machines that need not know of each other: of n shards the
// i-th takes every n-th document.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "base/status.h"

namespace quire {

struct Shard {
  int number = 1, count = 1;  // number from 1 to count
  std::string source;         // where it comes from, for people: "--shard", "SLURM_ARRAY_TASK_ID"

  bool all() const { return count == 1; }
  bool takes(std::size_t document) const {
    return document % static_cast<std::size_t>(count) == static_cast<std::size_t>(number - 1);
  }
};

// "2/5", or "all". Errors: anything else.
Result<Shard> parse_shard(const std::string& text);

using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

// What the machinery that started us says: an array job of Slurm (SLURM_ARRAY_TASK_ID, _COUNT,
// _MIN, _STEP), an indexed job of Kubernetes (JOB_COMPLETION_INDEX; Kubernetes does not tell how
// many there are, so the manifest must set QUIRE_SHARDS). All of it where there is neither. Errors:
// numbers that do not fit.
Result<Shard> shard_from(const Environment& environment);

}  // namespace quire
