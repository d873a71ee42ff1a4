// Who may ask. Two questions to every request before anything else: does it carry the key, where
// one is set; and was it meant for this server?
//
// The second is against other people's web pages: a browser will send their requests to a server on
// the same machine, and a name that is made to point at 127.0.0.1 passes for its own. So the Host
// must be one that we answer to, and an Origin, where a browser sends one, must be the Host.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "serve/http.h"

namespace quire {

struct Access {
  std::string api_key;             // "": none is asked for
  std::vector<std::string> hosts;  // names beside localhost and addresses; "*": any

  // Nothing when the request may pass. `open` addresses need no key.
  std::optional<HttpResponse> refusal(const HttpRequest& request, bool open) const;
};

// Takes as long for a wrong key as for the right one, however much of it is right.
bool same_secret(std::string_view a, std::string_view b);

}  // namespace quire
