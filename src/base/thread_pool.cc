#include "base/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace quire {
namespace {

thread_local bool inside_range = false;

// A decoding step is some hundred ranges of 10 to 100 microseconds each, and waking a thread takes
// as long as the shortest of them. So threads look for the next range for about this many pauses
// (some 50 microseconds), then, between two looks, let others have their core (some 500
// microseconds on an idle one), before they go to sleep.
constexpr int kPauses = 2000, kYields = 1000;

void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// How many parts a range has and which is to be taken next, in one number, so that who takes one
// knows without reading anything else whether it exists.
struct Ticket {
  static std::uint64_t first(std::uint64_t parts) { return parts << 32; }
  explicit Ticket(std::uint64_t value) : parts(value >> 32), part(value & 0xffffffff) {}

  std::uint64_t parts, part;
};

}  // namespace

struct ThreadPool::State {
  // Constant after construction.
  std::vector<std::thread> workers;
  int looks = 0;

  std::mutex workers_taken;  // held by the caller whose range they work on

  // Of the range at work. Written while no part can be taken, read by who has taken one.
  const std::function<void(std::size_t, std::size_t)>* body = nullptr;
  std::size_t count = 0, part_size = 0;

  std::atomic<std::uint64_t> next = Ticket::first(0);
  std::atomic<std::uint64_t> left = 0;   // parts that are not done
  std::atomic<unsigned> generation = 0;  // of ranges
  std::atomic<bool> stopping = false;

  // Takes parts until none is left. A ticket drawn late belongs to the range that is at work by
  // then.
  void take_parts() {
    for (;;) {
      const Ticket ticket(next.fetch_add(1, std::memory_order_acq_rel));
      if (ticket.part >= ticket.parts) return;
      const std::size_t begin = ticket.part * part_size;
      (*body)(begin, std::min(count, begin + part_size));
      if (left.fetch_sub(1, std::memory_order_acq_rel) == 1) left.notify_one();
    }
  }

  // Returns when `value` is no longer `old`.
  template <typename T>
  void wait(const std::atomic<T>& value, T old) const {
    for (int i = 0; i < looks; ++i) {
      if (value.load(std::memory_order_acquire) != old) return;
      i < kPauses ? pause() : std::this_thread::yield();
    }
    value.wait(old, std::memory_order_acquire);
  }

  void call_workers() {
    generation.fetch_add(1, std::memory_order_release);
    generation.notify_all();
  }

  void work() {
    inside_range = true;
    for (unsigned seen = 0; !stopping;) {
      wait(generation, seen);
      seen = generation.load(std::memory_order_acquire);
      take_parts();
    }
  }
};

ThreadPool::ThreadPool(int threads) : state_(std::make_unique<State>()) {
  const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  if (threads <= 0) threads = cores;
  // With more threads than cores one that looks on keeps another from working.
  state_->looks = threads <= cores ? kPauses + kYields : 0;
  for (int i = 1; i < threads; ++i) {
    state_->workers.emplace_back([state = state_.get()] { state->work(); });
  }
}

ThreadPool::~ThreadPool() {
  state_->stopping = true;
  state_->call_workers();
  for (std::thread& worker : state_->workers) worker.join();
}

int ThreadPool::threads() const { return static_cast<int>(state_->workers.size()) + 1; }

void ThreadPool::parallel_for(std::size_t count, std::size_t grain,
                              const std::function<void(std::size_t, std::size_t)>& body,
                              std::size_t parts_per_thread) {
  if (count == 0) return;
  if (inside_range || state_->workers.empty() || count <= grain) return body(0, count);

  const std::unique_lock workers(state_->workers_taken, std::try_to_lock);
  if (!workers) return body(0, count);
  State& state = *state_;
  const std::size_t most = (state.workers.size() + 1) * parts_per_thread;
  state.body = &body;
  state.count = count;
  state.part_size = std::max(grain, (count + most - 1) / most);
  const std::size_t parts = (count + state.part_size - 1) / state.part_size;
  state.left.store(parts, std::memory_order_relaxed);
  state.next.store(Ticket::first(parts), std::memory_order_release);
  state.call_workers();
  inside_range = true;
  state.take_parts();
  inside_range = false;
  for (std::uint64_t left; (left = state.left.load(std::memory_order_acquire)) != 0;)
    state.wait(state.left, left);
}

namespace {
std::unique_ptr<ThreadPool>& pool_slot() {
  static std::unique_ptr<ThreadPool> pool = std::make_unique<ThreadPool>();
  return pool;
}
}  // namespace

bool inside_parallel_for() { return inside_range; }

ThreadPool& default_pool() { return *pool_slot(); }
void set_threads(int threads) { pool_slot() = std::make_unique<ThreadPool>(threads); }

}  // namespace quire
