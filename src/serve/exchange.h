// The answer between a handler's thread and the connection that sends it: a queue of pieces with a
// limit, so that a slow client slows the handler down instead of filling the memory. Private to
// this room.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "serve/http.h"

namespace quire {

class Exchange final : public Reply, public std::enable_shared_from_this<Exchange> {
 public:
  explicit Exchange(boost::asio::io_context& io) : io_(io), changed_(io) {}

  // For the handler.
  void send(HttpResponse response) override;
  void begin(HttpResponse head) override;
  bool write(std::string piece) override;
  bool push(std::string piece) override;
  void end() override;
  void abandon() override { leave(); }
  std::stop_token left() const override { return left_.get_token(); }

  // For the connection, on the thread of its io_context. What is there to send now:
  struct News {
    std::optional<HttpResponse> head;  // once
    std::string piece;
    bool streamed = false, ended = false, gone = false;

    bool any() const { return head || !piece.empty() || ended || gone; }
  };
  News take();
  // Completes with an error when there may be news; never early, so ask take() first.
  boost::asio::steady_timer& changed() { return changed_; }

  // Nobody listens any more: writes return false from now on. From any thread.
  void leave();

 private:
  void wake();

  boost::asio::io_context& io_;
  boost::asio::steady_timer changed_;  // touched on the io_context's thread alone

  std::stop_source left_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable taken_;
  std::optional<HttpResponse> head_;
  std::string pieces_;
  bool streamed_ = false, ended_ = false;
};

}  // namespace quire
