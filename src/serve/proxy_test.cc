// The proxy against an upstream that keeps what it gets.
#include "serve/proxy.h"

#include <gtest/gtest.h>

#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "serve/api_error.h"
#include "serve/test_client.h"
#include "serve/test_tls.h"

namespace quire {
namespace {

using nlohmann::json;

// A server of its own thread around any service.
class Served {
 public:
  explicit Served(HttpService& service) {
    auto server = HttpServer::listen({}, service);
    EXPECT_TRUE(server);
    server_ = *std::move(server);
    thread_ = std::thread([this] { server_->run(); });
  }
  ~Served() { stop(); }
  void stop() {
    if (!thread_.joinable()) return;
    server_->stop();
    server_->stop();
    thread_.join();
  }
  std::uint16_t port() const { return server_->port(); }

 private:
  std::unique_ptr<HttpServer> server_;
  std::thread thread_;
};

class Stub final : public HttpService {
 public:
  Verdict admit(const HttpRequest&) override { return {{}, 10'000'000, false}; }
  void handle(const HttpRequest& request, Reply& reply) override {
    {
      const std::lock_guard lock(mutex_);
      got_.push_back(request);
    }
    if (request.path() == "/v1/models") {
      return reply.send({200,
                         "application/json",
                         "{\"object\": \"list\",  \"data\":[]}",
                         {{"X-Upstream", "yes"}}});
    }
    if (request.path() == "/v1/broken") {
      reply.begin({200, "text/event-stream", "data: half"});
      return reply.abandon();
    }
    if (request.path() == "/v1/wrong") return reply.send(error_response(418, "teapot", "no"));
    reply.begin({200, "text/event-stream"});
    for (int i = 0; i < 500; ++i) reply.write("data: {\"piece\":" + std::to_string(i) + "}\n\n");
    reply.write("data: [DONE]\n\n");
    reply.end();
  }
  HttpRequest last() {
    const std::lock_guard lock(mutex_);
    return got_.empty() ? HttpRequest() : got_.back();
  }

 private:
  std::mutex mutex_;
  std::vector<HttpRequest> got_;
};

class ProxyTest : public testing::Test {
 protected:
  ProxyTest() : served_(stub_) {
    auto upstream = Upstream::parse("http://127.0.0.1:" + std::to_string(served_.port()) + "/v1");
    EXPECT_TRUE(upstream);
    proxy_.upstream = *std::move(upstream);
    proxy_.rules.plan = *plan_pages({"tiny", 4, 5}, AccuracyTable());
    proxy_.rules.font = "DejaVuSansMono";
    proxy_.rules.count_tokens = [](std::string_view text) { return text.size() / 5; };
    proxy_.rules.exact_strings = [](std::string_view) {
      return std::vector<std::string>{"K-1742"};
    };
    const auto chat = [this](const Call& call) { forward_chat(proxy_, metrics_, call); };
    const auto rest = [this](const Call& call) { forward(proxy_, metrics_, call); };
    router_ = std::make_unique<Router>(
        std::vector<Route>{{"POST", "/v1/chat/completions", 10'000'000, Route::kWork, chat},
                           {"GET", "/v1/{rest}", 0, Route::kWork, rest},
                           {"POST", "/v1/{rest}", 10'000'000, Route::kWork, rest}},
        Access(), metrics_, nullptr);
    front_ = std::make_unique<Served>(*router_);
  }

  static json conversation() {
    json messages = json::array();
    for (int i = 0; i < 30; ++i) {
      messages.push_back(
          {{"role", i % 2 == 0 ? "user" : "assistant"},
           {"content", "words of round " + std::to_string(i) + std::string(200, '.')}});
    }
    return {{"model", "m"}, {"messages", messages}, {"stream", true}};
  }

  static std::string pieces() {
    std::string all;
    for (int i = 0; i < 500; ++i) all += "data: {\"piece\":" + std::to_string(i) + "}\n\n";
    return all + "data: [DONE]\n\n";
  }

  Stub stub_;
  Served served_;
  Metrics metrics_;
  Proxy proxy_;
  std::unique_ptr<Router> router_;
  std::unique_ptr<Served> front_;
};

TEST_F(ProxyTest, FoldsAndTellsWhatItSaved) {
  const std::string body = conversation().dump();
  const Heard heard = ask(front_->port(), "POST", "/v1/chat/completions", body,
                          "Content-Type: application/json\r\nAuthorization: Bearer theirs\r\n");
  EXPECT_EQ(heard.status, 200);
  EXPECT_EQ(heard.body, pieces());  // in order, to the byte
  const HttpRequest got = stub_.last();
  EXPECT_EQ(got.header("Authorization"), "Bearer theirs");
  EXPECT_LT(json::parse(got.body)["messages"].size(), 30u);
  const std::size_t pages = std::stoul(heard.header("X-Quire-Pages"));
  std::size_t pictures = 0, at = 0;
  while ((at = got.body.find("data:image/png", at)) != std::string::npos) ++pictures, ++at;
  EXPECT_EQ(pictures, pages);
  EXPECT_NE(got.body.find("K-1742"), std::string::npos);
  const std::size_t saved = std::stoul(heard.header("X-Quire-Tokens-Saved"));
  EXPECT_NE(metrics_.text().find("quire_tokens_saved_total " + std::to_string(saved) + "\n"),
            std::string::npos)
      << metrics_.text();
}

TEST_F(ProxyTest, OffIsByteForByte) {
  // Spaces, order and numbers that no JSON writer would keep.
  std::string body = conversation().dump();
  body.insert(1, " \"temperature\" : 1.00 ,\n\t");
  EXPECT_EQ(
      ask(front_->port(), "POST", "/v1/chat/completions", body, "X-Quire-Fold: off\r\n").status,
      200);
  EXPECT_EQ(stub_.last().body, body);
  const std::string brief = "{ \"messages\":[ ] , \"x\":1e2}";  // nothing to gain
  (void)ask(front_->port(), "POST", "/v1/chat/completions", brief);
  EXPECT_EQ(stub_.last().body, brief);
  proxy_.folds = false;
  (void)ask(front_->port(), "POST", "/v1/chat/completions", body);
  EXPECT_EQ(stub_.last().body, body);
}

TEST_F(ProxyTest, OtherAddressesGoThrough) {
  const Heard models = ask(front_->port(), "GET", "/v1/models?x=%20y", "", "X-Mine: 1\r\n");
  EXPECT_EQ(models.body, "{\"object\": \"list\",  \"data\":[]}");
  EXPECT_EQ(models.header("X-Upstream"), "yes");
  EXPECT_EQ(stub_.last().target, "/v1/models?x=%20y");
  EXPECT_EQ(stub_.last().header("X-Mine"), "1");
  EXPECT_EQ(ask(front_->port(), "GET", "/v1/wrong").status, 418);
  EXPECT_EQ(ask(front_->port(), "GET", "/elsewhere").status, 404);
}

TEST_F(ProxyTest, HalfAnAnswerIsNotMadeWhole) {
  Client client(front_->port());
  client.say(request_text("GET", "/v1/broken"));
  const std::string all = client.rest();
  EXPECT_NE(all.find("data: half"), std::string::npos) << all;
  EXPECT_FALSE(all.ends_with("0\r\n\r\n")) << all;  // the last chunk
}

TEST_F(ProxyTest, AnUpstreamThatIsNotThere) {
  served_.stop();
  const Heard heard = ask(front_->port(), "POST", "/v1/chat/completions", conversation().dump());
  EXPECT_EQ(heard.status, 502);
  EXPECT_NE(heard.body.find("upstream"), std::string::npos);
}

TEST_F(ProxyTest, AnUpstreamBehindTls) {
  const TestCertificate certificate("IP:127.0.0.1");
  const TlsFront tls(certificate, served_.port());
  proxy_.upstream = *Upstream::parse("https://127.0.0.1:" + std::to_string(tls.port()) + "/v1");
  const std::string body = conversation().dump();
  const Heard stranger = ask(front_->port(), "POST", "/v1/chat/completions", body);
  EXPECT_EQ(stranger.status, 502);
  EXPECT_NE(stranger.body.find("certificate"), std::string::npos) << stranger.body;
  EXPECT_EQ(stub_.last().method, "");

  const Trusted trusted(certificate);
  const Heard heard = ask(front_->port(), "POST", "/v1/chat/completions", body);
  EXPECT_EQ(heard.status, 200) << heard.body;
  EXPECT_EQ(heard.body, pieces());
  EXPECT_GT(std::stoul(heard.header("X-Quire-Pages")), 0u);
  EXPECT_EQ(stub_.last().header("Host"), "127.0.0.1:" + std::to_string(tls.port()));
}

TEST_F(ProxyTest, ACertificateForAnotherNameIsNone) {
  const TestCertificate certificate("DNS:elsewhere.example");
  const TlsFront tls(certificate, served_.port());
  const Trusted trusted(certificate);
  proxy_.upstream = *Upstream::parse("https://127.0.0.1:" + std::to_string(tls.port()));
  const Heard heard = ask(front_->port(), "GET", "/v1/models");
  EXPECT_EQ(heard.status, 502);
  EXPECT_NE(heard.body.find("certificate"), std::string::npos) << heard.body;
}

TEST_F(ProxyTest, TlsWhereThereIsNone) {
  proxy_.upstream = *Upstream::parse("https://127.0.0.1:" + std::to_string(served_.port()));
  const Heard heard = ask(front_->port(), "GET", "/v1/models");
  EXPECT_EQ(heard.status, 502);
  EXPECT_NE(heard.body.find("does not speak TLS"), std::string::npos) << heard.body;
}

TEST_F(ProxyTest, OurKeyStaysOurs) {
  proxy_.upstream.api_key = "upstream-key";
  (void)ask(front_->port(), "GET", "/v1/models", "", "Authorization: Bearer ours\r\n");
  EXPECT_EQ(stub_.last().header("Authorization"), "Bearer upstream-key");
  proxy_.upstream.api_key.clear();
  proxy_.upstream.keeps_client_key = false;
  (void)ask(front_->port(), "GET", "/v1/models", "", "Authorization: Bearer ours\r\n");
  EXPECT_EQ(stub_.last().header("Authorization"), "");
}

TEST_F(ProxyTest, WhatIsAskedOfV1EndsNowhereElse) {
  for (const char* target :
       {"/v1/../admin", "/v1/a/../../admin", "/v1/..", "/v1/%2e%2e/admin", "/v1/%252E%252e/admin",
        "/v1/..%2fadmin", "/v1/..\\admin", "/v1/.%2e%5Cadmin?x"}) {
    EXPECT_EQ(ask(front_->port(), "GET", target).status, 400) << target;
  }
  EXPECT_EQ(stub_.last().method, "") << stub_.last().target;
  EXPECT_EQ(ask(front_->port(), "GET", "/v1/models/..a/b..").status, 200);
}

TEST(UpstreamTest, IsCalledByItsWholeName) {
  EXPECT_EQ(Upstream::parse("http://h:8000/v1")->authority(), "h:8000");
  EXPECT_EQ(Upstream::parse("https://h/v1")->authority(), "h");
  EXPECT_EQ(Upstream::parse("https://h:80")->authority(), "h:80");
  EXPECT_EQ(Upstream::parse("http://[::1]:8000")->authority(), "[::1]:8000");
}

TEST(UpstreamTest, Urls) {
  const auto parts = [](std::string_view url) {
    const auto upstream = Upstream::parse(url);
    return upstream ? (upstream->tls ? "s|" : "|") + upstream->host + "|" + upstream->port + "|" +
                          upstream->base
                    : "";
  };
  EXPECT_EQ(parts("http://localhost:8000"), "|localhost|8000|");
  EXPECT_EQ(parts("https://api.example.com/v1"), "s|api.example.com|443|");
  EXPECT_EQ(parts("https://api.example.com/open/v1/"), "s|api.example.com|443|/open");
  EXPECT_EQ(parts("http://[::1]:8000/v1"), "|::1|8000|");
  for (const char* wrong : {"", "localhost:8000", "ftp://h", "http://", "http://:80", "http://h:",
                            "http://h:x", "http://user@h", "http://h\\x", "http://h?x"}) {
    EXPECT_EQ(parts(wrong), "") << wrong;
  }
}

}  // namespace
}  // namespace quire
