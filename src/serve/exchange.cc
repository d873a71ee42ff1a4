#include "serve/exchange.h"

#include <boost/asio/post.hpp>
#include <utility>

namespace quire {
namespace {

// More than any piece of an answer that is written as the model speaks.
constexpr std::size_t kMaxQueuedBytes = 256 << 10;
// Some ten thousand tokens, each an event of its own.
constexpr std::size_t kFarBehindBytes = 8 << 20;

}  // namespace

void Exchange::send(HttpResponse response) {
  {
    const std::lock_guard lock(mutex_);
    if (streamed_ || ended_) return;
    head_ = std::move(response);
    ended_ = true;
  }
  wake();
}

void Exchange::begin(HttpResponse head) {
  {
    const std::lock_guard lock(mutex_);
    if (streamed_ || ended_) return;
    pieces_ = std::exchange(head.body, {});
    head_ = std::move(head);
    streamed_ = true;
  }
  wake();
}

bool Exchange::write(std::string piece) {
  {
    std::unique_lock lock(mutex_);
    taken_.wait(lock, [this] { return gone() || pieces_.size() < kMaxQueuedBytes; });
    if (gone() || ended_ || !streamed_) return false;
    pieces_ += piece;
  }
  wake();
  return true;
}

bool Exchange::push(std::string piece) {
  bool far_behind = false;
  {
    const std::lock_guard lock(mutex_);
    if (gone() || ended_ || !streamed_) return false;
    pieces_ += piece;
    far_behind = pieces_.size() > kFarBehindBytes;
  }
  if (far_behind) {
    leave();
  } else {
    wake();
  }
  return !far_behind;
}

void Exchange::end() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  wake();
}

Exchange::News Exchange::take() {
  News news;
  {
    const std::lock_guard lock(mutex_);
    news.head = std::exchange(head_, {});
    news.piece = std::exchange(pieces_, {});
    news.streamed = streamed_;
    news.ended = ended_;
    news.gone = gone();
  }
  taken_.notify_all();
  return news;
}

void Exchange::leave() {
  left_.request_stop();
  { const std::lock_guard lock(mutex_); }  // a writer either sees it or is waiting already
  taken_.notify_all();
  wake();
}

void Exchange::wake() {
  boost::asio::post(io_, [self = shared_from_this()] { self->changed_.cancel(); });
}

}  // namespace quire
