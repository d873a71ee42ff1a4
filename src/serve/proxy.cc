#include "serve/proxy.h"

#include <algorithm>

#include "serve/api_error.h"

namespace quire {
namespace {

// Whether a path goes up, in any spelling that a server may understand: what is asked of /v1 must
// not end elsewhere.
bool climbs(std::string_view path) {
  std::string plain = percent_decoded(percent_decoded(path));
  std::replace(plain.begin(), plain.end(), '\\', '/');
  return (plain + "/").find("/../") != std::string::npos;
}

void pass_on(const Proxy& proxy, Metrics& metrics, const Call& call, const std::string& body,
             const std::vector<HttpHeader>& more) {
  if (climbs(call.request.path())) {
    return call.reply.send(error_response(400, "invalid_value", "an address goes down, not up"));
  }
  const Status status = relay(proxy.upstream, call.request, body, more, call.reply);
  if (status.ok()) return;
  metrics.add("upstream_failures", 1);
  call.reply.send(error_response(502, "upstream", status.message()));
}

}  // namespace

void forward(const Proxy& proxy, Metrics& metrics, const Call& call) {
  pass_on(proxy, metrics, call, call.request.body, {});
}

void forward_chat(const Proxy& proxy, Metrics& metrics, const Call& call) {
  if (!proxy.folds || same_name(call.request.header("X-Quire-Fold"), "off")) {
    return forward(proxy, metrics, call);
  }
  const auto shorter = shorten(call.request.body, proxy.rules);
  if (!shorter) return call.reply.send(error_response(shorter.status()));
  if (!*shorter) return forward(proxy, metrics, call);
  const ShorterConversation& done = **shorter;
  metrics.add("folded_pages", done.pages);
  metrics.add("folded_text_tokens", done.text_tokens);
  metrics.add("folded_vision_tokens", done.vision_tokens);
  metrics.add("tokens_saved", done.saved());
  pass_on(proxy, metrics, call, done.body,
          {{"X-Quire-Tokens-Saved", std::to_string(done.saved())},
           {"X-Quire-Pages", std::to_string(done.pages)}});
}

}  // namespace quire
