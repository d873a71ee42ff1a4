#include "serve/connection.h"

#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/write.hpp>
#include <cstdio>
#include <utility>

#include "base/clock.h"
#include "serve/api_error.h"

namespace quire {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::beast::error_code;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

// A refused body up to this size is read and dropped, so that the connection can go on.
constexpr std::size_t kSmallBody = 1 << 20;

constexpr int kSecondsToComeAgain = 2;

std::string text(boost::beast::string_view view) { return {view.data(), view.size()}; }

template <typename Body>
HttpRequest plain_request(const http::request<Body>& message) {
  HttpRequest request;
  request.method = text(message.method_string());
  request.target = text(message.target());
  for (const auto& field : message) {
    request.headers.push_back({text(field.name_string()), text(field.value())});
  }
  return request;
}

void fill_head(http::fields& fields, const HttpResponse& response) {
  fields.set(http::field::server, "quire");
  if (!response.type.empty()) fields.set(http::field::content_type, response.type);
  fields.set("X-Content-Type-Options", "nosniff");
  for (const HttpHeader& header : response.headers) fields.set(header.name, header.value);
}

HttpResponse broken_request(error_code error) {
  if (error == http::error::header_limit) {
    return error_response(431, "too_large",
                          "the request's header is larger than this server takes");
  }
  if (error == http::error::body_limit) {
    return error_response(413, "too_large", "the request's body is larger than this server takes");
  }
  return error_response(400, "invalid_request", "this is not a request that HTTP/1.1 knows");
}

HttpResponse too_slow() {
  return error_response(504, "timeout", "this took longer than a request may; send less at a time");
}

bool spoke_badly(error_code error) {
  return error.category() == http::make_error_code(http::error::bad_method).category() &&
         error != http::error::end_of_stream && error != http::error::partial_message;
}

}  // namespace

void Connection::allow(double seconds, std::size_t bytes) {
  const double all =
      seconds + static_cast<double>(bytes) / static_cast<double>(traffic_.limits.bytes_per_second);
  stream_.expires_after(std::chrono::milliseconds(static_cast<long long>(all * 1000)));
}

asio::awaitable<void> Connection::run() {
  const auto self = shared_from_this();
  error_code unknown;
  client_ = stream_.socket().remote_endpoint(unknown).address().to_string();
  while (co_await exchange() && !traffic_.stopping) {
  }
  error_code ignored;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  stream_.close();
}

// One request and its answer. False: the connection is done.
asio::awaitable<bool> Connection::exchange() {
  Parser parser;
  parser.header_limit(static_cast<std::uint32_t>(traffic_.limits.header_bytes));
  parser.body_limit(traffic_.limits.body_bytes);
  allow(traffic_.limits.head_seconds, 0);
  idle_ = true;
  const auto [error, read] = co_await http::async_read_header(stream_, buffer_, parser, kAwait);
  idle_ = false;
  version_ = 11;
  head_only_ = false;
  if (error) {
    const HttpResponse refusal = broken_request(error);
    if (spoke_badly(error)) co_await refuse(refusal, false);
    co_return false;
  }
  auto request = std::make_shared<HttpRequest>(plain_request(parser.get()));
  request->id = std::to_string(++traffic_.requests);
  request->client = client_;
  version_ = parser.get().version();
  head_only_ = request->method == "HEAD";
  outcome_ = {};
  const double begin = steady_seconds();

  const std::size_t length =
      parser.content_length() ? static_cast<std::size_t>(*parser.content_length()) : 0;
  HttpService::Verdict verdict = traffic_.service.admit(*request);
  const bool full = traffic_.busy >= traffic_.limits.running + traffic_.limits.waiting;
  const std::size_t reserved = parser.chunked() ? verdict.body_bytes : length;
  if (!verdict.refusal) {
    if (length > verdict.body_bytes) {
      verdict.refusal = error_response(413, "too_large",
                                       "the body has " + std::to_string(length) +
                                           " bytes; this address takes at most " +
                                           std::to_string(verdict.body_bytes));
    } else if (!verdict.quick &&
               (full || traffic_.bodies_bytes + reserved > traffic_.limits.bodies_bytes)) {
      verdict.refusal = come_again(429, "the server has as much to do as it takes; come again",
                                   kSecondsToComeAgain);
    }
  }
  bool keep_alive = parser.keep_alive();
  if (verdict.refusal) {
    const bool can_drop = !parser.chunked() && length <= kSmallBody;
    keep_alive = keep_alive && can_drop && co_await read_body(parser, kSmallBody);
    keep_alive = co_await refuse(*verdict.refusal, keep_alive);
  } else {
    traffic_.bodies_bytes += reserved;
    if (!verdict.quick) ++traffic_.busy;
    if (co_await read_body(parser, verdict.body_bytes)) {
      request->body = std::move(parser.get().body());
      if (verdict.quick) {
        exchange_ = std::make_shared<Exchange>(traffic_.io);
        traffic_.service.handle(*request, *exchange_);
        exchange_->end();
      } else {
        start(request);
      }
      keep_alive = co_await answer(*request, keep_alive);
      if (exchange_) exchange_->leave();
      exchange_.reset();
    } else {
      if (!verdict.quick) --traffic_.busy;
      keep_alive = false;
    }
    traffic_.bodies_bytes -= reserved;
  }
  outcome_.seconds = steady_seconds() - begin;
  traffic_.service.finished(*request, outcome_);
  co_return keep_alive;
}

// False: it did not come, or was answered with what is wrong with it.
asio::awaitable<bool> Connection::read_body(Parser& parser, std::size_t allowed) {
  if (parser.is_done()) co_return true;
  parser.body_limit(allowed);
  allow(traffic_.limits.body_seconds,
        parser.content_length() ? static_cast<std::size_t>(*parser.content_length()) : allowed);
  if (text(parser.get()[http::field::expect]) == "100-continue") {
    if (!co_await write("HTTP/1.1 100 Continue\r\n\r\n")) co_return false;
  }
  const auto [error, read] = co_await http::async_read(stream_, buffer_, parser, kAwait);
  const HttpResponse refusal = broken_request(error);
  if (error && spoke_badly(error)) co_await refuse(refusal, false);
  co_return !error;
}

// Hands the request to a thread.
void Connection::start(std::shared_ptr<const HttpRequest> request) {
  exchange_ = std::make_shared<Exchange>(traffic_.io);
  asio::post(traffic_.handlers, [request, reply = exchange_, &traffic = traffic_] {
    try {
      if (!reply->gone()) traffic.service.handle(*request, *reply);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "quire serve: request %s: %s\n", request->id.c_str(), error.what());
    }
    // For a handler that gave up without a word; after an answer it does nothing.
    reply->send(error_response(internal("")));
    reply->end();
    --traffic.busy;
  });
  watch();
}

// Notices that the client has left while its request is worked on.
void Connection::watch() {
  stream_.socket().async_wait(
      asio::ip::tcp::socket::wait_read,
      asio::bind_cancellation_slot(
          unwatch_.slot(), [self = shared_from_this(), reply = exchange_](error_code error) {
            char byte = 0;
            if (!error && recv(self->stream_.socket().native_handle(), &byte, 1,
                               MSG_PEEK | MSG_DONTWAIT) == 0) {
              reply->leave();
            }
          }));
}

asio::awaitable<bool> Connection::answer(const HttpRequest& request, bool keep_alive) {
  const std::shared_ptr<Exchange> reply = exchange_;
  const double deadline = steady_seconds() + traffic_.limits.request_seconds;
  bool good = true;
  for (bool done = false; !done;) {
    Exchange::News news = reply->take();
    if (!news.any()) {
      reply->changed().expires_after(std::chrono::seconds(1));
      co_await reply->changed().async_wait(kAwait);
      if (steady_seconds() < deadline) continue;
      const HttpResponse refusal = too_slow();
      if (outcome_.status == 0) co_await refuse(refusal, false);
      good = false;
      break;
    }
    done = news.ended || news.gone;
    if (news.head) news.head->headers.push_back({"X-Request-Id", request.id});
    if (news.head && !news.streamed) {
      good = co_await send(*news.head, keep_alive);
    } else {
      // Without chunks the end of the connection is the answer's end.
      if (news.head) keep_alive = keep_alive && version_ >= 11;
      if (news.head) good = co_await begin_stream(*news.head, keep_alive);
      if (good) good = co_await go_on(news.piece, news.ended && !news.gone);
    }
    if (news.gone) good = false;
    if (!good) break;
  }
  unwatch_.emit(asio::cancellation_type::all);
  if (!good) reply->leave();
  co_return good&& keep_alive;
}

// An answer that is not the one asked for. The rest of the request may still be on its way.
asio::awaitable<bool> Connection::refuse(const HttpResponse& response, bool keep_alive) {
  const bool sent = co_await send(response, keep_alive);
  if (sent && !keep_alive) co_await let_go();
  co_return sent&& keep_alive;
}

asio::awaitable<bool> Connection::send(const HttpResponse& response, bool keep_alive) {
  http::response<http::string_body> message;
  message.version(version_);
  message.result(static_cast<unsigned>(response.status));
  fill_head(message, response);
  message.keep_alive(keep_alive && !traffic_.stopping);
  message.content_length(response.body.size());
  if (!head_only_) message.body() = response.body;
  outcome_.status = response.status;
  outcome_.bytes += response.body.size();
  allow(traffic_.limits.body_seconds, response.body.size());
  const auto [error, written] = co_await http::async_write(stream_, message, kAwait);
  co_return !error;
}

asio::awaitable<bool> Connection::begin_stream(const HttpResponse& head, bool keep_alive) {
  http::response<http::empty_body> message;
  message.version(version_);
  message.result(static_cast<unsigned>(head.status));
  fill_head(message, head);
  message.set(http::field::cache_control, "no-store");
  message.keep_alive(keep_alive && !traffic_.stopping);
  if (version_ >= 11) message.chunked(true);
  outcome_.status = head.status;
  allow(traffic_.limits.body_seconds, 0);
  http::response_serializer<http::empty_body> serializer(message);
  const auto [error, written] = co_await http::async_write_header(stream_, serializer, kAwait);
  co_return !error;
}

// A piece of a streamed answer; a client of HTTP/1.0 gets it as it is.
asio::awaitable<bool> Connection::go_on(const std::string& piece, bool ended) {
  outcome_.bytes += piece.size();
  std::string bytes = piece;
  if (version_ >= 11 && !piece.empty()) {
    char size[24];
    std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
    bytes = size + piece + "\r\n";
  }
  if (version_ >= 11 && ended) bytes += "0\r\n\r\n";
  co_return bytes.empty() || co_await write(bytes);
}

asio::awaitable<bool> Connection::write(std::string_view bytes) {
  allow(traffic_.limits.body_seconds, bytes.size());
  const auto [error, written] =
      co_await asio::async_write(stream_, asio::buffer(bytes.data(), bytes.size()), kAwait);
  co_return !error;
}

// Closing at once would take the answer away from a client that is still sending.
asio::awaitable<void> Connection::let_go() {
  error_code ignored;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  stream_.expires_after(std::chrono::seconds(2));
  char dropped[4096];
  for (std::size_t all = 0; all < traffic_.limits.body_bytes;) {
    const auto [error, read] =
        co_await stream_.async_read_some(asio::buffer(dropped, sizeof dropped), kAwait);
    if (error) co_return;
    all += read;
  }
}

void Connection::close_if_idle() {
  if (idle_) stream_.cancel();
}

void Connection::leave() {
  if (exchange_) exchange_->leave();
  stream_.cancel();
}

}  // namespace quire
