// The memory behind /v1/memory: one for all clients, one call at a time, opened from a file.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "memory/context.h"
#include "memory/memory.h"
#include "serve/engine.h"
#include "serve/router.h"

namespace quire {

class MemoryDesk {
 public:
  // The engine must outlive it. Errors: the file is no memory, or cannot be made.
  static Result<std::unique_ptr<MemoryDesk>> open(const std::string& path, const Engine& engine);

  void list(const Call& call);      // GET /v1/memory
  void add(const Call& call);       // POST /v1/memory
  void recall(const Call& call);    // POST /v1/memory/recall
  void context(const Call& call);   // POST /v1/memory/context
  void tick(const Call& call);      // POST /v1/memory/tick
  void timeline(const Call& call);  // GET /v1/memory/timeline.svg
  void forget(const Call& call);    // DELETE /v1/memory/{id}

 private:
  MemoryDesk(Font font, CountTokens count) : font_(std::move(font)), count_(std::move(count)) {}

  Font font_;
  CountTokens count_;
  std::mutex mutex_;  // guards the memory, which is for one thread
  std::optional<Memory> memory_;
};

}  // namespace quire
