#include "serve/http_server.h"

#include <csignal>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <set>
#include <utility>

#include "serve/connection.h"

namespace quire {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::beast::error_code;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

constexpr std::string_view kTooMany =
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nContent-Length: 0\r\n"
    "Connection: close\r\n\r\n";

}  // namespace

class HttpServer::State {
 public:
  State(const HttpOptions& options, HttpService& service)
      : options_(options),
        handlers_(options.limits.running),
        traffic_{io_, handlers_, service, options_.limits} {}

  Status open() {
    error_code error;
    const auto address = asio::ip::make_address(options_.address, error);
    if (error) return invalid("'" + options_.address + "' is not an address to listen on");
    const tcp::endpoint endpoint(address, options_.port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      return io_error("cannot listen on " + options_.address + " port " +
                      std::to_string(options_.port) + ": " + error.message());
    }
    return {};
  }

  std::uint16_t port() const {
    error_code ignored;
    return acceptor_.local_endpoint(ignored).port();
  }
  std::size_t busy() const { return traffic_.busy; }

  void run() {
    if (options_.on_signals) {
      signals_.add(SIGINT);
      signals_.add(SIGTERM);
      asio::co_spawn(io_, heed_signals(), asio::detached);
    }
    asio::co_spawn(io_, accept(), asio::detached);
    io_.run();
    handlers_.join();
  }

  void stop() {
    asio::post(io_, [this] { begin_stop(); });
  }

 private:
  asio::awaitable<void> accept() {
    for (;;) {
      auto [error, socket] = co_await acceptor_.async_accept(kAwait);
      if (traffic_.stopping) co_return;
      if (error) {  // out of descriptors, most likely: others are about to give theirs back
        asio::steady_timer pause(io_, std::chrono::milliseconds(50));
        co_await pause.async_wait(kAwait);
      } else if (connections_.size() >= options_.limits.connections) {
        socket.non_blocking(true, error);
        socket.send(asio::buffer(kTooMany.data(), kTooMany.size()), 0, error);
      } else {
        socket.set_option(tcp::no_delay(true), error);
        const auto connection = std::make_shared<Connection>(std::move(socket), traffic_);
        connections_.insert(connection);
        asio::co_spawn(io_, connection->run(), [this, connection](const std::exception_ptr&) {
          connections_.erase(connection);
          if (traffic_.stopping && connections_.empty()) no_more();
        });
      }
    }
  }

  asio::awaitable<void> heed_signals() {
    for (;;) {
      const auto [error, number] = co_await signals_.async_wait(kAwait);
      if (error) co_return;
      begin_stop();
      if (connections_.empty()) co_return;  // nobody is left who would end this wait
    }
  }

  void begin_stop() {
    if (traffic_.stopping) return give_up();
    traffic_.stopping = true;
    error_code ignored;
    acceptor_.close(ignored);
    if (connections_.empty()) return no_more();
    for (const auto& connection : connections_) connection->close_if_idle();
    grace_.expires_after(
        std::chrono::milliseconds(static_cast<long long>(options_.grace_seconds * 1000)));
    grace_.async_wait([this](error_code error) {
      if (!error) give_up();
    });
  }

  void give_up() {
    for (const auto& connection : connections_) connection->leave();
  }

  void no_more() {
    grace_.cancel();
    error_code ignored;
    signals_.cancel(ignored);
  }

  HttpOptions options_;
  asio::io_context io_{1};
  asio::thread_pool handlers_;
  Traffic traffic_;
  tcp::acceptor acceptor_{io_};
  asio::signal_set signals_{io_};
  asio::steady_timer grace_{io_};
  std::set<std::shared_ptr<Connection>> connections_;
};

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpServer::~HttpServer() = default;

Result<std::unique_ptr<HttpServer>> HttpServer::listen(const HttpOptions& options,
                                                       HttpService& service) {
  auto state = std::make_unique<State>(options, service);
  QUIRE_TRY(state->open());
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

std::uint16_t HttpServer::port() const { return state_->port(); }
std::size_t HttpServer::busy() const { return state_->busy(); }
void HttpServer::run() { state_->run(); }
void HttpServer::stop() { state_->stop(); }

}  // namespace quire
