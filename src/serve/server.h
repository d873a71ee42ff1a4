// `quire serve`: a model behind HTTP, with everything that belongs to it. docs/serve.md describes
// the addresses, page/openapi.json their shapes.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/status.h"
#include "infer/reader.h"
#include "serve/access.h"
#include "serve/http_server.h"

namespace quire {

// A server in front of another one (serve/proxy.h).
struct ProxyOptions {
  std::string url, api_key;  // "" for the key: each client's own goes through
  bool folds = true;
  std::size_t recent_rounds = 2, long_text_tokens = 2000;
  std::string mode = "base";  // of the pages
  double ratio = 8;           // text tokens for each vision token
};

struct ServerOptions {
  HttpOptions http;
  Access access;
  std::string model_directory, model_name, program;
  Arithmetic arithmetic = {};
  std::string state;   // a folder for jobs and what they need to survive; "": there are no jobs
  std::string memory;  // a file to remember in (memory/memory.h); "": there is no memory
  std::optional<ProxyOptions> proxy = {};
  std::function<void(const std::string& line)> log = {};  // about each request
};

class Server {
 public:
  // Opens the model and the port.
  static Result<std::unique_ptr<Server>> open(const ServerOptions& options);
  ~Server();

  std::uint16_t port() const;
  void run();   // until stop()
  void stop();  // from any thread: takes nothing new and finishes what runs

 private:
  struct State;
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace quire
