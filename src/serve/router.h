// Which handler an address has. The table of routes is what the OpenAPI file is held against.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "serve/access.h"
#include "serve/http_server.h"
#include "serve/metrics.h"

namespace quire {

struct Call {
  const HttpRequest& request;
  Reply& reply;
  std::string id = {};  // what stands for {id} or {rest} in the route's path
};

struct Route {
  // "/v1/jobs/{id}": one part of the path, any word. "/v1/{rest}": all behind it. The first that
  // fits is taken.
  std::string method, path;
  std::size_t body_bytes = 0;  // the largest body it takes
  enum Kind {
    kWork,   // runs on a thread, and counts as work to do
    kQuick,  // answered at once
    kOpen,   // that, and to anybody
  } kind = kWork;
  std::function<void(const Call&)> handler;
};

class Router final : public HttpService {
 public:
  // `log` hears a line about each request; may be empty.
  Router(std::vector<Route> routes, Access access, Metrics& metrics,
         std::function<void(const std::string& line)> log);

  Verdict admit(const HttpRequest& head) override;
  void handle(const HttpRequest& request, Reply& reply) override;
  void finished(const HttpRequest& request, const Outcome& outcome) override;

  std::span<const Route> routes() const { return routes_; }

 private:
  struct Found {
    const Route* route = nullptr;
    std::string id;
    std::string allowed;  // other methods of that path
  };
  Found find(const HttpRequest& request) const;

  const std::vector<Route> routes_;
  const Access access_;
  Metrics& metrics_;
  const std::function<void(const std::string&)> log_;
};

}  // namespace quire
