#include "eval/machine.h"

#include <algorithm>
#include <fstream>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/thread_pool.h"
#include "kernel/kernels.h"

namespace quire {
namespace {

constexpr int kTries = 5;  // the best counts: a limit is what the machine does when left alone
// Rounds of a unit that take a fifth of a second, and those that take 50 ms.
constexpr std::size_t kRounds = 8'000'000, kFewRounds = 2'000'000;

std::string cpu_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    const std::size_t at = line.find(": ");
    if (line.starts_with("model name") && at != std::string::npos) return line.substr(at + 2);
  }
  return "unknown";
}

// The best rate over some tries of work(thread) on every thread at once; work returns how much it
// did.
template <typename Work>
double best_rate(int tries, const Work& work) {
  const auto threads = static_cast<std::size_t>(default_pool().threads());
  double best = 0;
  for (int i = 0; i < tries; ++i) {
    std::vector<double> done(threads);
    const double start = steady_seconds();
    default_pool().parallel_for(threads, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t t = begin; t < end; ++t) done[t] = work(t);
    });
    const double seconds = steady_seconds() - start;
    double sum = 0;
    for (const double d : done) sum += d;
    best = std::max(best, sum / seconds);
  }
  return best;
}

// 10^9 operations a second.
double busy(double (*unit)(std::size_t, float*), int tries, std::size_t rounds) {
  if (unit == nullptr) return 0;
  const double rate = best_rate(tries, [=](std::size_t) {
    float sink[12] = {0.5f, 0.25f, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    return unit(rounds, sink);
  });
  return rate / 1e9;
}

// 10^9 bytes a second.
double reading(std::span<const float> memory, int tries) {
  const std::size_t part = memory.size() / static_cast<std::size_t>(default_pool().threads());
  const double rate = best_rate(tries, [&](std::size_t t) {
    const float sum = kernel::kernels().read_memory(memory.data() + t * part, part);
    return sum > 0 ? sizeof(float) * static_cast<double>(part) : 0.0;
  });
  return rate / 1e9;
}

}  // namespace

Machine measure_machine() {
  Machine machine;
  machine.cpu = cpu_name();
  machine.threads = default_pool().threads();
  machine.isa = kernel::isa_name();
  machine.f32_gflop_s = busy(kernel::kernels().busy_f32, kTries, kRounds);
  machine.int16_gop_s = busy(kernel::kernels().busy_int16, kTries, kRounds);
  machine.bf16_gflop_s = busy(kernel::kernels().busy_bf16, kTries, kRounds);
  machine.int8_gop_s = busy(kernel::kernels().busy_int8, kTries, kRounds);
  machine.mem_gb_s = reading(std::vector<float>(std::size_t{128} << 20, 1.0f), kTries);
  return machine;
}

double gflop_s_now(Products products) {
  double rate = 0;
  with_products(products, [&](auto kind) { rate = busy(kind.busy(), 1, kFewRounds); });
  return rate;
}

MemoryNow::MemoryNow() : memory_(std::size_t{64} << 20, 1.0f) {}
double MemoryNow::gb_s() {
  const std::size_t part = memory_.size() / 4;
  double best = 0;
  for (int i = 0; i < 2; ++i, quarter_ = (quarter_ + 1) % 4)
    best = std::max(best, reading(std::span(memory_).subspan(quarter_ * part, part), 1));
  return best;
}

}  // namespace quire
