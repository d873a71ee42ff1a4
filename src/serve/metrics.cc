#include "serve/metrics.h"

#include <cstdio>

namespace quire {
namespace {

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.17g", value);
  return text;
}

void head(std::string& out, const std::string& name, const char* type, const std::string& help) {
  out += "# TYPE quire_" + name + " " + type + "\n# HELP quire_" + name + " " + help + "\n";
}

// Names of routes are ours and need no escapes.
std::string label(const std::string& route) { return "route=\"" + route + "\""; }

}  // namespace

void Metrics::count_request(const std::string& route, int status, double seconds) {
  const std::lock_guard lock(mutex_);
  ++requests_[{route, status}];
  Route& row = routes_[route];
  std::size_t bucket = 0;
  while (bucket < kBounds.size() && seconds > kBounds[bucket]) ++bucket;
  ++row.buckets[bucket];
  ++row.count;
  row.seconds += seconds;
}

void Metrics::add(const std::string& name, std::uint64_t amount) {
  const std::lock_guard lock(mutex_);
  counters_[name] += amount;
}

void Metrics::gauge(const std::string& name, const std::string& help,
                    std::function<double()> value) {
  const std::lock_guard lock(mutex_);
  gauges_.push_back({name, help, std::move(value)});
}

std::string Metrics::text() const {
  const std::lock_guard lock(mutex_);
  std::string out;
  head(out, "requests", "counter", "requests by route and status; 0: the client left");
  for (const auto& [key, count] : requests_) {
    out += "quire_requests_total{" + label(key.first) + ",status=\"" + std::to_string(key.second) +
           "\"} " + std::to_string(count) + "\n";
  }
  head(out, "request_seconds", "histogram", "from the header to the last byte of the answer");
  for (const auto& [route, row] : routes_) {
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < row.buckets.size(); ++i) {
      below += row.buckets[i];
      const std::string bound = i < kBounds.size() ? number(kBounds[i]) : "+Inf";
      out += "quire_request_seconds_bucket{" + label(route) + ",le=\"" + bound + "\"} " +
             std::to_string(below) + "\n";
    }
    out += "quire_request_seconds_count{" + label(route) + "} " + std::to_string(row.count) + "\n";
    out += "quire_request_seconds_sum{" + label(route) + "} " + number(row.seconds) + "\n";
  }
  for (const auto& [name, count] : counters_) {
    out += "# TYPE quire_" + name + " counter\nquire_" + name + "_total " + std::to_string(count) +
           "\n";
  }
  for (const Gauge& gauge : gauges_) {
    head(out, gauge.name, "gauge", gauge.help);
    out += "quire_" + gauge.name + " " + number(gauge.value()) + "\n";
  }
  return out + "# EOF\n";
}

}  // namespace quire
