// The server without anything to serve: what it makes of bytes that are no request, of clients that
// are slow, greedy or gone, and of the end.
#include "serve/http_server.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <csignal>
#include <functional>
#include <mutex>
#include <thread>

#include "serve/api_error.h"
#include "serve/test_client.h"

namespace quire {
namespace {

// Somewhere to wait for another thread.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(60), [this] { return open_; }));
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

class HttpServerTest : public testing::Test, public HttpService {
 protected:
  Verdict admit(const HttpRequest& head) override {
    if (head.path() == "/secret") return {error_response(401, "invalid_api_key", "no")};
    return {{}, 100'000, head.path() == "/quick"};
  }
  void handle(const HttpRequest& request, Reply& reply) override { handler_(request, reply); }
  void finished(const HttpRequest&, const Outcome& outcome) override {
    const std::lock_guard lock(mutex_);
    statuses_.push_back(outcome.status);
  }

  void start() {
    auto server = HttpServer::listen(options_, *this);
    ASSERT_TRUE(server) << server.status().message();
    server_ = *std::move(server);
    thread_ = std::thread([this] { server_->run(); });
  }
  void TearDown() override { stop(); }
  void stop() {
    if (!thread_.joinable()) return;
    server_->stop();
    thread_.join();
  }
  std::uint16_t port() const { return server_->port(); }

  HttpOptions options_;
  std::function<void(const HttpRequest&, Reply&)> handler_ = [](const HttpRequest& request,
                                                                Reply& reply) {
    reply.send({200, "text/plain", request.method + " " + request.target + " " + request.body});
  };
  std::unique_ptr<HttpServer> server_;
  std::thread thread_;
  std::mutex mutex_;
  std::vector<int> statuses_;
};

TEST_F(HttpServerTest, AnswersOneAfterTheOtherOnOneConnection) {
  start();
  Client client(port());
  client.say(request_text("GET", "/a?b=c"));
  EXPECT_EQ(client.hear().body, "GET /a?b=c ");
  client.say(request_text("POST", "/d", "words"));
  EXPECT_EQ(client.hear().body, "POST /d words");
  client.say(request_text("GET", "/quick"));
  EXPECT_EQ(client.hear().body, "GET /quick ");
  // Two at once, in order.
  client.say(request_text("GET", "/1") + request_text("GET", "/2"));
  EXPECT_EQ(client.hear().body, "GET /1 ");
  EXPECT_EQ(client.hear().body, "GET /2 ");
}

TEST_F(HttpServerTest, TakesChunksAndContinues) {
  start();
  Client client(port());
  client.say(
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n"
      "Expect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.hear().status, 100);
  client.say("5\r\nhello\r\n1;name=value\r\n!\r\n0\r\nTrailer: x\r\n\r\n");
  EXPECT_EQ(client.hear().body, "POST / hello!");
}

TEST_F(HttpServerTest, HeadHasNoBody) {
  start();
  Client client(port());
  client.say(request_text("HEAD", "/x", "", "Connection: close\r\n"));
  const std::string all = client.rest();
  EXPECT_TRUE(all.starts_with("HTTP/1.1 200")) << all;
  EXPECT_NE(all.find("Content-Length: 8\r\n"), std::string::npos) << all;
  EXPECT_TRUE(all.ends_with("\r\n\r\n")) << all;
}

TEST_F(HttpServerTest, StreamsPiecesInOrder) {
  handler_ = [](const HttpRequest&, Reply& reply) {
    reply.begin({200, "text/event-stream", "0,"});
    for (int i = 1; i < 2000; ++i) EXPECT_TRUE(reply.write(std::to_string(i) + ","));
    reply.end();
  };
  start();
  std::string wanted;
  for (int i = 0; i < 2000; ++i) wanted += std::to_string(i) + ",";
  Client client(port());
  client.say(request_text("GET", "/"));
  EXPECT_EQ(client.hear().body, wanted);
  client.say(request_text("GET", "/"));  // the connection is still good
  EXPECT_EQ(client.hear().body, wanted);
  // Without chunks the end of the connection is the end of the answer.
  Client old(port());
  old.say("GET / HTTP/1.0\r\n\r\n");
  const Heard heard = old.hear();
  EXPECT_EQ(heard.body, wanted);
}

TEST_F(HttpServerTest, WhatIsNoRequestIsRefused) {
  start();
  const std::string post = "POST / HTTP/1.1\r\nHost: h\r\n";
  const std::string chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
  const std::pair<const char*, std::string> rows[] = {
      {"noise", "\x16\x03\x01\x02\x01 hello\r\n\r\n"},
      {"a wrong version", "GET / HTTP/9.9\r\n\r\n"},
      {"no version", "GET /\r\n\r\n"},
      {"a space in a name", "GET / HTTP/1.1\r\nHost : h\r\n\r\n"},
      {"a line folded", "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n\x01 b\r\n\r\n"},
      {"two lengths", post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"},
      {"a length and chunks",
       post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"a negative length", post + "Content-Length: -1\r\n\r\n"},
      {"a length in hex", post + "Content-Length: 0x10\r\n\r\n"},
      {"a length of 20 digits", post + "Content-Length: 99999999999999999999\r\n\r\n"},
      {"a negative chunk", chunked + "-5\r\nhello\r\n0\r\n\r\n"},
      {"a chunk of 2^64", chunked + "10000000000000000\r\nhello\r\n0\r\n\r\n"},
      {"a chunk without digits", chunked + "\r\nhello\r\n0\r\n\r\n"},
      {"a chunk that is longer than it says", chunked + "2\r\nhello\r\n0\r\n\r\n"},
  };
  for (const auto& [what, bytes] : rows) {
    Client client(port());
    client.say(bytes);
    const Heard heard = client.hear();
    EXPECT_EQ(heard.status / 100, 4) << what << ": " << heard.head;
  }
  EXPECT_EQ(ask(port(), "GET", "/alive").body, "GET /alive ");
}

TEST_F(HttpServerTest, LargerThanTheLimits) {
  start();
  EXPECT_EQ(ask(port(), "GET", "/", "", "X: " + std::string(20'000, 'x') + "\r\n").status, 431);
  Client many(port());  // of small ones, without an end
  std::string headers = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 10'000; ++i) headers += "X-" + std::to_string(i) + ": y\r\n";
  many.say(headers);
  EXPECT_EQ(many.hear().status, 431);

  EXPECT_EQ(ask(port(), "POST", "/", std::string(100'001, 'x')).status, 413);
  Client liar(port());  // refused before anything of it is sent
  liar.say("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2147483648\r\n\r\n");
  EXPECT_EQ(liar.hear().status, 413);
  Client chunks(port());
  chunks.say("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "8000\r\n" + std::string(0x8000, 'x') + "\r\n";
  for (int i = 0; i < 8 && chunks.say(chunk); ++i) {
  }
  EXPECT_EQ(chunks.hear().status, 413);
  EXPECT_EQ(ask(port(), "GET", "/alive").body, "GET /alive ");
}

TEST_F(HttpServerTest, ARefusalComesBeforeTheBodyAndTheConnectionGoesOn) {
  start();
  Client client(port());
  client.say(request_text("POST", "/secret", "words"));
  EXPECT_EQ(client.hear().status, 401);
  client.say(request_text("GET", "/a"));
  EXPECT_EQ(client.hear().body, "GET /a ");
  Client large(port());
  large.say("POST /secret HTTP/1.1\r\nHost: h\r\nContent-Length: 50000000\r\n\r\n");
  EXPECT_EQ(large.hear().status, 401);
}

TEST_F(HttpServerTest, ASlowHeaderIsNotWaitedFor) {
  options_.limits.head_seconds = 0.2;
  start();
  Client client(port());
  client.say("GET / HTT");
  EXPECT_EQ(client.rest(), "");
  // Drop by drop is no faster.
  Client drops(port());
  while (drops.say("G")) {
    if (drops.piece().empty()) break;
  }
  EXPECT_EQ(drops.rest(), "");
}

TEST_F(HttpServerTest, ASlowBodyIsNotWaitedFor) {
  options_.limits.body_seconds = 0.2;
  options_.limits.bytes_per_second = 1 << 20;
  start();
  Client client(port());
  client.say("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\nabc");
  EXPECT_EQ(client.rest(), "");
}

TEST_F(HttpServerTest, FullIsSaidAtOnce) {
  options_.limits.running = 1;
  options_.limits.waiting = 1;
  Gate running, go_on;
  handler_ = [&](const HttpRequest& request, Reply& reply) {
    running.open();
    if (request.path() != "/quick") go_on.wait();
    reply.send({200, "text/plain", "done"});
  };
  start();
  Client first(port()), second(port());
  first.say(request_text("GET", "/1"));
  running.wait();
  second.say(request_text("GET", "/2"));
  while (server_->busy() < 2) std::this_thread::yield();
  Client third(port());
  third.say(request_text("POST", "/3", "words"));
  const Heard heard = third.hear();
  EXPECT_EQ(heard.status, 429);
  EXPECT_FALSE(heard.header("Retry-After").empty());
  third.say(request_text("GET", "/quick"));  // what needs no thread is answered all the same
  EXPECT_EQ(third.hear().body, "done");
  go_on.open();
  EXPECT_EQ(first.hear().body, "done");
  EXPECT_EQ(second.hear().body, "done");
}

TEST_F(HttpServerTest, TheHandlerHearsThatTheClientLeft) {
  Gate running, gone;
  handler_ = [&](const HttpRequest&, Reply& reply) {
    reply.begin({200, "text/event-stream", "begun"});
    running.open();
    while (reply.write("more")) std::this_thread::yield();
    EXPECT_TRUE(reply.gone());
    gone.open();
  };
  start();
  {
    Client client(port());
    client.say(request_text("GET", "/"));
    running.wait();
  }
  gone.wait();
}

TEST_F(HttpServerTest, AClientThatDoesNotReadIsLetGo) {
  options_.limits.body_seconds = 0.2;
  options_.limits.bytes_per_second = 1 << 30;
  Gate gone;
  handler_ = [&](const HttpRequest&, Reply& reply) {
    reply.begin({200, "text/event-stream"});
    while (reply.write(std::string(100'000, 'x'))) {
    }
    gone.open();
  };
  start();
  Client client(port());
  client.say(request_text("GET", "/"));
  gone.wait();
}

TEST_F(HttpServerTest, AHandlerThatFailsIsAnsweredFor) {
  handler_ = [](const HttpRequest& request, Reply&) {
    if (request.path() == "/throw") throw std::runtime_error("/etc/secret at 0x7fff");
  };
  start();
  for (const char* path : {"/throw", "/nothing"}) {
    const Heard heard = ask(port(), "GET", path);
    EXPECT_EQ(heard.status, 500);
    EXPECT_EQ(heard.body.find("secret"), std::string::npos) << heard.body;
  }
}

TEST_F(HttpServerTest, TooLongIsSaidSo) {
  options_.limits.request_seconds = 0.1;
  Gate gone;
  handler_ = [&](const HttpRequest&, Reply& reply) {
    while (!reply.gone()) std::this_thread::yield();
    gone.open();
  };
  start();
  EXPECT_EQ(ask(port(), "GET", "/").status, 504);
  gone.wait();
}

TEST_F(HttpServerTest, MoreConnectionsThanTheLimitAreToldSo) {
  options_.limits.connections = 2;
  start();
  Client first(port()), second(port());
  first.say(request_text("GET", "/1"));
  EXPECT_EQ(first.hear().status, 200);
  second.say(request_text("GET", "/2"));
  EXPECT_EQ(second.hear().status, 200);
  Client third(port());
  EXPECT_EQ(third.hear().status, 503);
}

TEST_F(HttpServerTest, StopFinishesWhatRuns) {
  Gate running, go_on;
  handler_ = [&](const HttpRequest&, Reply& reply) {
    running.open();
    go_on.wait();
    reply.send({200, "text/plain", "finished"});
  };
  start();
  Client busy(port()), idle(port());
  busy.say(request_text("GET", "/"));
  running.wait();
  server_->stop();
  EXPECT_EQ(idle.rest(), "");  // let go at once
  go_on.open();
  EXPECT_EQ(busy.hear().body, "finished");
  thread_.join();
  EXPECT_EQ(statuses_, std::vector<int>{200});
}

TEST_F(HttpServerTest, ASignalEndsItWithAndWithoutConnections) {
  options_.on_signals = true;
  for (const bool connected : {false, true}) {
    start();
    // An answer means that run() has begun, and hears signals.
    EXPECT_EQ(ask(port(), "GET", "/", "", "Connection: close\r\n").status, 200);
    Client idle(port());
    if (connected) {
      idle.say(request_text("GET", "/"));
      EXPECT_EQ(idle.hear().status, 200);
    } else {
      idle.leave();
    }
    std::raise(SIGTERM);
    thread_.join();
  }
}

TEST_F(HttpServerTest, TheSecondStopDoesNotWait) {
  Gate running;
  handler_ = [&](const HttpRequest&, Reply& reply) {
    running.open();
    while (!reply.gone()) std::this_thread::yield();
  };
  start();
  Client client(port());
  client.say(request_text("GET", "/"));
  running.wait();
  server_->stop();
  server_->stop();
  EXPECT_EQ(client.rest(), "");
  thread_.join();
}

TEST_F(HttpServerTest, AnAddressThatCannotBeHad) {
  options_.address = "not an address";
  EXPECT_FALSE(HttpServer::listen(options_, *this));
  options_.address = "127.0.0.1";
  start();
  options_.port = port();
  const auto taken = HttpServer::listen(options_, *this);
  ASSERT_FALSE(taken);
  EXPECT_NE(taken.status().message().find(std::to_string(port())), std::string::npos);
}

}  // namespace
}  // namespace quire
