#include "serve/metrics.h"

#include <gtest/gtest.h>

namespace quire {
namespace {

TEST(MetricsTest, CountsAndSums) {
  Metrics metrics;
  metrics.count_request("/v1/fold", 200, 0.01);
  metrics.count_request("/v1/fold", 200, 100);
  metrics.count_request("/v1/fold", 400, 0.001);
  metrics.add("tokens_read", 5);
  metrics.add("tokens_read", 7);
  metrics.gauge("busy", "how busy", [] { return 3.0; });
  const std::string text = metrics.text();
  for (const char* line : {
           "quire_requests_total{route=\"/v1/fold\",status=\"200\"} 2\n",
           "quire_requests_total{route=\"/v1/fold\",status=\"400\"} 1\n",
           // Buckets count all that is not longer.
           "quire_request_seconds_bucket{route=\"/v1/fold\",le=\"0.02\"} 2\n",
           "quire_request_seconds_bucket{route=\"/v1/fold\",le=\"+Inf\"} 3\n",
           "quire_request_seconds_count{route=\"/v1/fold\"} 3\n",
           "# TYPE quire_tokens_read counter\nquire_tokens_read_total 12\n",
           "# TYPE quire_busy gauge\n",
           "quire_busy 3\n",
       }) {
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
  EXPECT_TRUE(text.ends_with("\n# EOF\n"));
}

}  // namespace
}  // namespace quire
