// Draws the batches of the next steps on a thread of its own, in order.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "train/data_engine.h"
#include "train/trainer.h"

namespace quire::train {

class Prefetch {
 public:
  Prefetch(DataEngine& data, const Recipe& recipe, long first_step)
      : data_(data), recipe_(recipe), next_(first_step), thread_([this] { draw(); }) {}

  ~Prefetch() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  Batch take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !ready_.empty(); });
    Batch batch = std::move(ready_.front());
    ready_.pop_front();
    changed_.notify_all();
    return batch;
  }

 private:
  static constexpr std::size_t kAhead = 3;  // batches; enough to hide a slow one

  void draw() {
    while (true) {
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return stopping_ || ready_.size() < kAhead; });
        if (stopping_ || next_ >= recipe_.total_steps()) return;
      }
      Batch batch =
          data_.make(plan_step(recipe_, next_).request, static_cast<std::uint64_t>(next_));
      std::lock_guard lock(mutex_);
      ready_.push_back(std::move(batch));
      ++next_;
      changed_.notify_all();
    }
  }

  DataEngine& data_;
  const Recipe& recipe_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  std::deque<Batch> ready_;
  long next_;
  bool stopping_ = false;

  std::thread thread_;
};

}  // namespace quire::train
