#include "base/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

namespace quire {
namespace {

thread_local bool inside_parallel_for = false;

// A decoding step is some hundred ranges of 10 to 100 microseconds each, and waking a thread takes
// as long as the shortest of them. So threads look for the next range for about this many pauses
// (some 50 microseconds) before they go to sleep.
constexpr int kPauses = 2000;

void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace

struct ThreadPool::State {
  // Constant after construction.
  std::vector<std::thread> workers;
  int pauses = 0;

  std::mutex workers_taken;  // held by the caller whose range they work on

  // Written by the caller before `generation` grows, read by workers after it has.
  const std::function<void(std::size_t, std::size_t)>* body = nullptr;
  std::size_t count = 0, part = 0;
  bool stopping = false;

  std::atomic<unsigned> generation = 0;  // of ranges
  std::atomic<int> running = 0;          // workers that are not done with this one

  void run_part(std::size_t index) const {
    const std::size_t begin = std::min(count, index * part);
    const std::size_t end = std::min(count, begin + part);
    if (begin < end) (*body)(begin, end);
  }

  // Returns when `value` is no longer `old`.
  template <typename T>
  void wait(const std::atomic<T>& value, T old) const {
    for (int i = 0; i < pauses; ++i) {
      if (value.load(std::memory_order_acquire) != old) return;
      pause();
    }
    value.wait(old, std::memory_order_acquire);
  }

  void start() {
    running.store(static_cast<int>(workers.size()), std::memory_order_relaxed);
    generation.fetch_add(1, std::memory_order_release);
    generation.notify_all();
  }

  void work(std::size_t index) {
    inside_parallel_for = true;
    for (unsigned seen = 0;; ++seen) {
      wait(generation, seen);
      if (stopping) return;
      run_part(index);
      if (running.fetch_sub(1, std::memory_order_acq_rel) == 1) running.notify_one();
    }
  }
};

ThreadPool::ThreadPool(int threads) : state_(std::make_unique<State>()) {
  const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  if (threads <= 0) threads = cores;
  // With more threads than cores one that looks on keeps another from working.
  state_->pauses = threads <= cores ? kPauses : 0;
  for (int i = 1; i < threads; ++i) {
    state_->workers.emplace_back([state = state_.get(), i] { state->work(i); });
  }
}

ThreadPool::~ThreadPool() {
  state_->stopping = true;
  state_->start();
  for (std::thread& worker : state_->workers) worker.join();
}

int ThreadPool::threads() const { return static_cast<int>(state_->workers.size()) + 1; }

void ThreadPool::parallel_for(std::size_t count, std::size_t grain,
                              const std::function<void(std::size_t, std::size_t)>& body) {
  if (count == 0) return;
  if (inside_parallel_for || state_->workers.empty() || count <= grain) return body(0, count);

  const std::unique_lock workers(state_->workers_taken, std::try_to_lock);
  if (!workers) return body(0, count);
  const std::size_t threads = state_->workers.size() + 1;
  state_->body = &body;
  state_->count = count;
  state_->part = std::max(grain, (count + threads - 1) / threads);
  state_->start();
  inside_parallel_for = true;
  state_->run_part(0);
  inside_parallel_for = false;
  for (int left; (left = state_->running.load(std::memory_order_acquire)) != 0;)
    state_->wait(state_->running, left);
}

namespace {
std::unique_ptr<ThreadPool>& pool_slot() {
  static std::unique_ptr<ThreadPool> pool = std::make_unique<ThreadPool>();
  return pool;
}
}  // namespace

ThreadPool& default_pool() { return *pool_slot(); }
void set_threads(int threads) { pool_slot() = std::make_unique<ThreadPool>(threads); }

}  // namespace quire
