// A fixed set of workers and one way to use them: split the range [0, count) over all of them and
// wait. The calling thread works too, so a pool of 1 has no worker threads at all.
//
// How a range is cut into parts depends on no clock, so results never do; whoever is free takes the
// next part. The caller waits for parts that were begun, never for a worker that still sleeps.
// Nested use runs on the calling thread alone.
//
// Safe to call from several threads at once: who finds the workers taken does its range alone. With
// turns instead, a decoding step of a hundred short ranges would wait a hundred times for one of an
// encoder's long ranges.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace quire {

class ThreadPool {
 public:
  // threads <= 0: as many as the machine has cores.
  explicit ThreadPool(int threads = 0);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const;

  // Calls body(begin, end) on disjoint parts that cover [0, count). Parts hold at least `grain`
  // items, except the last; a range of no more than `grain` items runs on the calling thread.
  // With more parts for each thread a slow thread holds up the others less, and what a part does
  // once it does more often.
  void parallel_for(std::size_t count, std::size_t grain,
                    const std::function<void(std::size_t, std::size_t)>& body,
                    std::size_t parts_per_thread = 1);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Whether this thread is at work on a part of a range, so that ranges of its own are for it alone.
bool inside_parallel_for();

// The pool that ops use. set_threads() replaces it; call it before work starts.
ThreadPool& default_pool();
void set_threads(int threads);

}  // namespace quire
