// Another server that answers in our place: a request goes there and its answer comes back, byte
// for byte, as it arrives.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "serve/http.h"

namespace quire {

struct Upstream {
  std::string host;  // a name or an address
  std::string port = "80";
  std::string base;  // in front of every path: "" or "/api"
  // https. The certificate must be one for that host that this machine trusts; $SSL_CERT_FILE
  // names others to trust (OpenSSL's own rule).
  bool tls = false;
  std::string api_key;  // sent instead of the client's Authorization; "": the client's is
  bool keeps_client_key =
      true;  // false: what clients send is a key to this server, not to that one

  std::string authority() const;  // as the Host of a request has it: "host:8000"

  // "http://host:port/base" and the same with https.
  static Result<Upstream> parse(std::string_view url);
};

struct RelayLimits {
  double connect_seconds = 10;
  double silence_seconds = 300;  // between two pieces of the answer
};

// Sends the request there, with `body` in place of its own, and the answer to `reply`. Blocks until
// that has ended or the client is gone. What concerns one connection alone (RFC 9110, section
// 7.6.1) is not handed on. `more` is added to the answer's headers. Error: there is no answer;
// `reply` has heard nothing then.
Status relay(const Upstream& upstream, const HttpRequest& request, const std::string& body,
             const std::vector<HttpHeader>& more, Reply& reply, const RelayLimits& limits = {});

}  // namespace quire
