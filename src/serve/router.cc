#include "serve/router.h"

#include <cstdio>
#include <optional>
#include <utility>

#include "serve/api_error.h"

namespace quire {
namespace {

// What stands for {id} or {rest}, "" where the path has neither; nothing when they do not fit.
std::optional<std::string> fit(std::string_view pattern, std::string_view path) {
  constexpr std::string_view kRest = "{rest}";
  if (pattern.ends_with(kRest)) {
    pattern.remove_suffix(kRest.size());
    if (!path.starts_with(pattern)) return {};
    return std::string(path.substr(pattern.size()));
  }
  const std::size_t hole = pattern.find("{id}");
  if (hole == std::string_view::npos) {
    if (pattern != path) return {};
    return "";
  }
  const std::string_view before = pattern.substr(0, hole), after = pattern.substr(hole + 4);
  if (path.size() <= before.size() + after.size() || !path.starts_with(before) ||
      !path.ends_with(after)) {
    return {};
  }
  const std::string_view word =
      path.substr(before.size(), path.size() - before.size() - after.size());
  if (word.find('/') != std::string_view::npos) return {};
  return percent_decoded(word);
}

}  // namespace

Router::Router(std::vector<Route> routes, Access access, Metrics& metrics,
               std::function<void(const std::string&)> log)
    : routes_(std::move(routes)),
      access_(std::move(access)),
      metrics_(metrics),
      log_(std::move(log)) {}

Router::Found Router::find(const HttpRequest& request) const {
  Found found;
  const std::string_view method =
      request.method == "HEAD" ? std::string_view("GET") : std::string_view(request.method);
  for (const Route& route : routes_) {
    const auto id = fit(route.path, request.path());
    if (!id) continue;
    if (route.method == method) return {&route, *id, {}};
    found.allowed += (found.allowed.empty() ? "" : ", ") + route.method;
  }
  return found;
}

HttpService::Verdict Router::admit(const HttpRequest& head) {
  const Found found = find(head);
  Verdict verdict;
  const bool open = found.route != nullptr && found.route->kind == Route::kOpen;
  verdict.refusal = access_.refusal(head, open);
  if (verdict.refusal) return verdict;
  if (found.route == nullptr && found.allowed.empty()) {
    verdict.refusal = error_response(
        404, "not_found", "there is nothing at this address; /openapi.json lists what there is");
  } else if (found.route == nullptr) {
    verdict.refusal =
        error_response(405, "wrong_method", "this address takes " + found.allowed + " alone");
    verdict.refusal->headers.push_back({"Allow", found.allowed});
  } else {
    verdict.body_bytes = found.route->body_bytes;
    verdict.quick = found.route->kind != Route::kWork;
  }
  return verdict;
}

void Router::handle(const HttpRequest& request, Reply& reply) {
  const Found found = find(request);
  found.route->handler({request, reply, found.id});
}

void Router::finished(const HttpRequest& request, const Outcome& outcome) {
  const Found found = find(request);
  const std::string route = found.route != nullptr ? found.route->path : "none";
  metrics_.count_request(route, outcome.status, outcome.seconds);
  if (!log_) return;
  char line[160];
  std::snprintf(line, sizeof line, "%s %s %d %zu bytes %.3f s, request %s",
                request.method.substr(0, 16).c_str(), route.c_str(), outcome.status, outcome.bytes,
                outcome.seconds, request.id.c_str());
  log_(line);
}

}  // namespace quire
