#include "base/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace quire {
namespace {

thread_local bool inside_parallel_for = false;

}  // namespace

struct ThreadPool::State {
  // Constant after construction.
  std::vector<std::thread> workers;

  std::mutex turn;  // held by the caller whose range is being worked on

  // Guarded by mutex.
  std::mutex mutex;
  std::condition_variable start, done;
  const std::function<void(std::size_t, std::size_t)>* body = nullptr;
  std::size_t count = 0, part = 0;
  unsigned long generation = 0;
  int running = 0;
  bool stopping = false;

  void run_part(std::size_t index) const {
    const std::size_t begin = std::min(count, index * part);
    const std::size_t end = std::min(count, begin + part);
    if (begin < end) (*body)(begin, end);
  }

  void work(std::size_t index) {
    inside_parallel_for = true;
    unsigned long seen = 0;
    std::unique_lock lock(mutex);
    while (true) {
      start.wait(lock, [&] { return stopping || generation != seen; });
      if (stopping) return;
      seen = generation;
      lock.unlock();
      run_part(index);
      lock.lock();
      if (--running == 0) done.notify_one();
    }
  }
};

ThreadPool::ThreadPool(int threads) : state_(std::make_unique<State>()) {
  if (threads <= 0) threads = std::max(1u, std::thread::hardware_concurrency());
  for (int i = 1; i < threads; ++i) {
    state_->workers.emplace_back([state = state_.get(), i] { state->work(i); });
  }
}

ThreadPool::~ThreadPool() {
  {
    std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->start.notify_all();
  for (std::thread& worker : state_->workers) worker.join();
}

int ThreadPool::threads() const { return static_cast<int>(state_->workers.size()) + 1; }

void ThreadPool::parallel_for(std::size_t count, std::size_t grain,
                              const std::function<void(std::size_t, std::size_t)>& body) {
  if (count == 0) return;
  if (inside_parallel_for || state_->workers.empty() || count <= grain) return body(0, count);

  std::lock_guard turn(state_->turn);
  const std::size_t threads = state_->workers.size() + 1;
  {
    std::lock_guard lock(state_->mutex);
    state_->body = &body;
    state_->count = count;
    state_->part = std::max(grain, (count + threads - 1) / threads);
    state_->running = static_cast<int>(state_->workers.size());
    ++state_->generation;
  }
  state_->start.notify_all();
  inside_parallel_for = true;
  state_->run_part(0);
  inside_parallel_for = false;
  std::unique_lock lock(state_->mutex);
  state_->done.wait(lock, [&] { return state_->running == 0; });
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
