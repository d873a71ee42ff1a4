// What /metrics tells, in the OpenMetrics text format (1.0.0): requests by route and status, how
// long they took, tokens in and out, and what is going on right now.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace quire {

class Metrics {
 public:
  // status 0: the client left before the answer.
  void count_request(const std::string& route, int status, double seconds);

  // A counter of its own; `name` without the ending _total. From any thread.
  void add(const std::string& name, std::uint64_t amount);
  // What a number is at the moment someone asks. Before the first text().
  void gauge(const std::string& name, const std::string& help, std::function<double()> value);

  std::string text() const;

 private:
  static constexpr std::array kBounds = {0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0};  // seconds
  struct Route {
    std::array<std::uint64_t, kBounds.size() + 1> buckets{};
    std::uint64_t count = 0;
    double seconds = 0;
  };
  struct Gauge {
    std::string name, help;
    std::function<double()> value;
  };

  mutable std::mutex mutex_;  // guards what follows
  std::map<std::pair<std::string, int>, std::uint64_t> requests_;
  std::map<std::string, Route> routes_;
  std::map<std::string, std::uint64_t> counters_;
  std::vector<Gauge> gauges_;
};

}  // namespace quire
