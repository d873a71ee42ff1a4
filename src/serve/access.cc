#include "serve/access.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

#include "serve/api_error.h"

namespace quire {
namespace {

// "localhost:8080" and "[::1]:8080" without the port.
std::string_view host_name(std::string_view host) {
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.find(':'));
}

bool is_address(std::string_view name) {
  boost::system::error_code error;
  (void)boost::asio::ip::make_address(std::string(name), error);
  return !error;
}

bool bears(std::string_view authorization, std::string_view key) {
  constexpr std::string_view kScheme = "bearer ";
  return authorization.size() > kScheme.size() &&
         same_name(authorization.substr(0, kScheme.size()), kScheme) &&
         same_secret(authorization.substr(kScheme.size()), key);
}

}  // namespace

bool same_secret(std::string_view a, std::string_view b) {
  volatile unsigned char differs = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const char other = b.empty() ? '\0' : b[i % b.size()];
    differs = static_cast<unsigned char>(differs | (a[i] ^ other));
  }
  return differs == 0;
}

std::optional<HttpResponse> Access::refusal(const HttpRequest& request, bool open) const {
  const std::string_view host = request.header("Host");
  const std::string_view name = host_name(host);
  const bool known = std::any_of(hosts.begin(), hosts.end(), [&](const std::string& ours) {
    return ours == "*" || same_name(ours, name);
  });
  if (!known && !same_name(name, "localhost") && !is_address(name)) {
    return error_response(421, "wrong_host",
                          "this server does not answer to the name in the Host header; start it "
                          "with --host-name to have it do so");
  }
  const std::string_view origin = request.header("Origin");
  if (!origin.empty() && origin != "http://" + std::string(host) &&
      origin != "https://" + std::string(host)) {
    return error_response(403, "wrong_origin", "a page from elsewhere may not use this server");
  }
  if (!open && !api_key.empty() && !bears(request.header("Authorization"), api_key)) {
    HttpResponse response = error_response(
        401, "invalid_api_key", "this server wants its key, as Authorization: Bearer KEY");
    response.headers.push_back({"WWW-Authenticate", "Bearer"});
    return response;
  }
  return std::nullopt;
}

}  // namespace quire
