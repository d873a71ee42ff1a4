// HTTP/1.1 on Boost.Beast: connections, their limits and deadlines, and threads for the handlers.
// It knows nothing of what is served.
//
// One thread (run()) does all reading and writing; handlers run on threads of their own and may
// block. A request that finds all of them busy and the line behind them full is answered 429 before
// its body is read. When the client leaves, its Reply says so.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/status.h"
#include "serve/http.h"
#include "serve/limits.h"

namespace quire {

class HttpService {
 public:
  virtual ~HttpService() = default;

  struct Verdict {
    std::optional<HttpResponse> refusal = {};
    std::size_t body_bytes = 0;  // the largest body to take
    bool quick = false;          // handle() returns at once: no thread is needed, no queue passed
  };
  // Judges a request by its head, before its body is taken.
  virtual Verdict admit(const HttpRequest& head) = 0;

  // Answers; at the latest when it returns or throws, the answer ends.
  virtual void handle(const HttpRequest& request, Reply& reply) = 0;

  struct Outcome {
    int status = 0;  // 0: the client left before the answer
    std::size_t bytes = 0;
    double seconds = 0;
  };
  virtual void finished(const HttpRequest&, const Outcome&) {}
};

struct HttpOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one
  ServeLimits limits = {};
  double grace_seconds = 30;  // how long stop() waits for what runs
  bool on_signals = false;    // SIGINT and SIGTERM stop; a second one does not wait
};

class HttpServer {
 public:
  // Error: an address that is none, or that is taken.
  static Result<std::unique_ptr<HttpServer>> listen(const HttpOptions& options,
                                                    HttpService& service);
  ~HttpServer();

  std::uint16_t port() const;
  // In the hands of handlers, and in the line behind them.
  std::size_t busy() const;

  void run();   // until stop(); call once
  void stop();  // from any thread; the second time without waiting

 private:
  class State;
  explicit HttpServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace quire
