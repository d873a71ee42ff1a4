// One client's connection: a request, its answer, and so on until one of both has enough. Private
// to this room.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <memory>

#include "serve/exchange.h"
#include "serve/http_server.h"

namespace quire {

// What the connections share. All but `busy` belongs to the io_context's thread.
struct Traffic {
  boost::asio::io_context& io;
  boost::asio::thread_pool& handlers;
  HttpService& service;
  const ServeLimits& limits;
  std::atomic<std::size_t> busy = 0;  // requests that handlers have, or wait for one
  std::size_t bodies_bytes = 0;       // reserved for bodies
  std::uint64_t requests = 0;         // so far
  bool stopping = false;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(boost::asio::ip::tcp::socket socket, Traffic& traffic)
      : stream_(std::move(socket)), traffic_(traffic) {}

  boost::asio::awaitable<void> run();

  void close_if_idle();
  void leave();  // gives up what runs

 private:
  // Arguments are references to what the caller holds: GCC 12 may destroy a temporary that is
  // handed to a coroutine by value twice.
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

  boost::asio::awaitable<bool> exchange();
  boost::asio::awaitable<bool> read_body(Parser& parser, std::size_t allowed);
  boost::asio::awaitable<bool> answer(const HttpRequest& request, bool keep_alive);
  boost::asio::awaitable<bool> refuse(const HttpResponse& response, bool keep_alive);
  boost::asio::awaitable<bool> send(const HttpResponse& response, bool keep_alive);
  boost::asio::awaitable<bool> begin_stream(const HttpResponse& head, bool keep_alive);
  boost::asio::awaitable<bool> go_on(const std::string& piece, bool ended);
  boost::asio::awaitable<bool> write(std::string_view bytes);
  boost::asio::awaitable<void> let_go();
  void start(std::shared_ptr<const HttpRequest> request);
  void watch();
  void allow(double seconds, std::size_t bytes);

  boost::beast::tcp_stream stream_;
  boost::beast::flat_buffer buffer_;
  Traffic& traffic_;
  std::shared_ptr<Exchange> exchange_;  // while a request is answered
  boost::asio::cancellation_signal unwatch_;
  std::string client_;  // its address
  bool idle_ = true, head_only_ = false;
  unsigned version_ = 11;
  HttpService::Outcome outcome_;
};

}  // namespace quire
