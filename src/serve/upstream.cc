#include "serve/upstream.h"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <chrono>
#include <utility>

namespace quire {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using beast::error_code;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

// RFC 9110, section 7.6.1, and what this side makes anew.
constexpr std::array kOfOneConnection = {
    "Connection", "Keep-Alive",        "Proxy-Connection", "Proxy-Authorization", "TE",
    "Trailer",    "Transfer-Encoding", "Upgrade",          "Content-Length",      "Host",
    "Expect"};

bool handed_on(std::string_view name) {
  return std::none_of(kOfOneConnection.begin(), kOfOneConnection.end(),
                      [&](const char* own) { return same_name(own, name); });
}

// Headers that this server writes itself.
bool ours(std::string_view name) {
  return same_name(name, "Content-Type") || same_name(name, "Server") || same_name(name, "Date");
}

std::string text(beast::string_view view) { return {view.data(), view.size()}; }

class Relay {
 public:
  Relay(const Upstream& upstream, const HttpRequest& request, const std::string& body,
        const std::vector<HttpHeader>& more, Reply& reply, const RelayLimits& limits)
      : upstream_(upstream), more_(more), reply_(reply), limits_(limits) {
    message_.method_string(request.method);
    message_.target(upstream.base + request.target);
    message_.version(11);
    for (const HttpHeader& header : request.headers) {
      const bool key = same_name(header.name, "Authorization") &&
                       (!upstream.keeps_client_key || !upstream.api_key.empty());
      if (handed_on(header.name) && !key) message_.insert(header.name, header.value);
    }
    message_.set(http::field::host, upstream.authority());
    if (!upstream.api_key.empty()) {
      message_.set(http::field::authorization, "Bearer " + upstream.api_key);
    }
    message_.body() = body;
    if (!body.empty() || request.method == "POST") message_.content_length(body.size());
  }

  Status run() {
    asio::io_context io(1);
    asio::co_spawn(io, start(io), asio::detached);
    // A client that leaves ends it, even while the upstream is silent.
    const std::stop_callback leave(reply_.left(), [&] {
      asio::post(io, [this] {
        if (tcp_ != nullptr) tcp_->cancel();
      });
    });
    io.run();
    return status_;
  }

 private:
  asio::awaitable<void> start(asio::io_context& io) {
    asio::ip::tcp::resolver resolver(io);
    const auto [unknown, addresses] =
        co_await resolver.async_resolve(upstream_.host, upstream_.port, kAwait);
    if (unknown) {
      status_ = io_error("the upstream's name is not known");
    } else if (upstream_.tls) {
      asio::ssl::context trust(asio::ssl::context::tls_client);
      trust.set_default_verify_paths();
      trust.set_verify_mode(asio::ssl::verify_peer);
      beast::ssl_stream<beast::tcp_stream> stream(beast::tcp_stream(io.get_executor()), trust);
      stream.set_verify_callback(asio::ssl::host_name_verification(upstream_.host));
      // A server of several names asks which one is meant; an address is none (RFC 6066, section
      // 3).
      error_code no_address;
      (void)asio::ip::make_address(upstream_.host, no_address);
      if (no_address) SSL_set_tlsext_host_name(stream.native_handle(), upstream_.host.c_str());
      if (co_await connect(stream.next_layer(), addresses)) {
        const auto [error] =
            co_await stream.async_handshake(asio::ssl::stream_base::client, kAwait);
        if (error) {
          const bool known = SSL_get_verify_result(stream.native_handle()) == X509_V_OK;
          status_ = io_error(known ? "the upstream does not speak TLS as this server does; is its "
                                     "address one of http://?"
                                   : "the upstream's certificate is not one that this machine "
                                     "trusts for its name");
        } else {
          co_await talk(stream, stream.next_layer());
        }
      }
    } else {
      beast::tcp_stream stream(io);
      if (co_await connect(stream, addresses)) co_await talk(stream, stream);
    }
    tcp_ = nullptr;
  }

  asio::awaitable<bool> connect(beast::tcp_stream& tcp,
                                const asio::ip::tcp::resolver::results_type& addresses) {
    tcp_ = &tcp;
    allow(tcp, limits_.connect_seconds);
    const auto [error, where] = co_await tcp.async_connect(addresses, kAwait);
    if (error) status_ = io_error("the upstream does not answer");
    co_return !error;
  }

  template <typename Stream>
  asio::awaitable<void> talk(Stream& stream, beast::tcp_stream& tcp) {
    allow(tcp, limits_.silence_seconds);
    // A server may refuse before it has read everything; its words still count.
    (void)co_await http::async_write(stream, message_, kAwait);
    beast::flat_buffer buffer;
    http::response_parser<http::buffer_body> parser;
    parser.body_limit(boost::none);
    const auto [unheard, head] = co_await http::async_read_header(stream, buffer, parser, kAwait);
    if (unheard) {
      status_ = io_error("the upstream closed the connection without an answer");
      co_return;
    }
    reply_.begin(head_of(parser.get()));
    std::array<char, 16 << 10> piece;
    while (!parser.is_done() && !reply_.gone()) {
      allow(tcp, limits_.silence_seconds);
      parser.get().body().data = piece.data();
      parser.get().body().size = piece.size();
      const auto [error, read] = co_await http::async_read_some(stream, buffer, parser, kAwait);
      const std::size_t got = piece.size() - parser.get().body().size;
      if (got > 0 && !reply_.write(std::string(piece.data(), got))) co_return;
      if (error && error != http::error::need_buffer) {
        reply_.abandon();  // an end here would look like a whole answer
        co_return;
      }
    }
    reply_.end();
  }

  HttpResponse head_of(const http::response<http::buffer_body>& message) const {
    HttpResponse response{static_cast<int>(message.result_int()),
                          text(message[http::field::content_type])};
    for (const auto& field : message) {
      const std::string name = text(field.name_string());
      if (handed_on(name) && !ours(name)) response.headers.push_back({name, text(field.value())});
    }
    response.headers.insert(response.headers.end(), more_.begin(), more_.end());
    return response;
  }

  static void allow(beast::tcp_stream& tcp, double seconds) {
    tcp.expires_after(std::chrono::milliseconds(static_cast<long long>(seconds * 1000)));
  }

  const Upstream& upstream_;
  const std::vector<HttpHeader>& more_;
  Reply& reply_;
  const RelayLimits& limits_;
  http::request<http::string_body> message_;
  beast::tcp_stream* tcp_ = nullptr;  // while there is one
  Status status_;
};

}  // namespace

std::string Upstream::authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == (tls ? "443" : "80") ? name : name + ":" + port;
}

Result<Upstream> Upstream::parse(std::string_view url) {
  const std::string shown(url);
  Upstream upstream;
  if (url.starts_with("https://")) {
    upstream.tls = true;
    upstream.port = "443";
    url.remove_prefix(8);
  } else if (url.starts_with("http://")) {
    url.remove_prefix(7);
  } else {
    return invalid("'" + shown + "' is no upstream; write http://host:port or https://host");
  }
  const std::string_view place = url.substr(0, url.find('/'));
  upstream.base = url.substr(place.size());
  while (upstream.base.ends_with('/')) upstream.base.pop_back();
  // Clients ask for /v1/..., so an upstream that is named with it is meant without.
  if (upstream.base.ends_with("/v1")) upstream.base.resize(upstream.base.size() - 3);
  const std::size_t colon = place.rfind(':');
  if (colon != std::string_view::npos && !place.ends_with(']')) {
    upstream.port = place.substr(colon + 1);
    upstream.host = place.substr(0, colon);
  } else {
    upstream.host = place;
  }
  if (upstream.host.starts_with('[') && upstream.host.ends_with(']')) {
    upstream.host = upstream.host.substr(1, upstream.host.size() - 2);
  }
  if (upstream.host.empty() || upstream.port.empty() ||
      upstream.host.find_first_of("@?#\\ ") != std::string::npos ||
      upstream.port.find_first_not_of("0123456789") != std::string::npos) {
    return invalid("'" + shown + "' is no upstream; write http://host:port or https://host");
  }
  return upstream;
}

Status relay(const Upstream& upstream, const HttpRequest& request, const std::string& body,
             const std::vector<HttpHeader>& more, Reply& reply, const RelayLimits& limits) {
  return Relay(upstream, request, body, more, reply, limits).run();
}

}  // namespace quire
