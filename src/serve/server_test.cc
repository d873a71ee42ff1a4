// The whole server with the models that are at hand, over a socket, as a stranger would use it.
#include "serve/server.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "document/pdf_by_hand.h"
#include "format/png_by_hand.h"
#include "format/test_support.h"
#include "serve/test_client.h"
#include "text/base64.h"
#include "text/edit_distance.h"
#include "text/utf8.h"

namespace quire {
namespace {

using nlohmann::json;

constexpr std::string_view kJson = "Content-Type: application/json\r\n";
constexpr std::string_view kText =
    "The quick brown fox jumps over the lazy dog, and the dog, who had seen foxes before, went on "
    "sleeping in the sun until the evening came and it was time to eat.";

class Running {
 public:
  explicit Running(const std::string& directory, const std::string& name,
                   ServerOptions options = {}) {
    options.model_directory = directory;
    options.model_name = name;
    options.program = "quire test";
    // What is measured here is not how busy the machine is.
    options.http.limits.head_seconds = options.http.limits.body_seconds = 600;
    auto server = Server::open(options);
    EXPECT_TRUE(server) << server.status().message();
    server_ = *std::move(server);
    thread_ = std::thread([this] { server_->run(); });
  }
  ~Running() {
    server_->stop();
    thread_.join();
  }
  std::uint16_t port() const { return server_->port(); }

 private:
  std::unique_ptr<Server> server_;
  std::thread thread_;
};

// One for all tests of the suite: opening a model takes longer than most of them.
class NanoServer : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    running_ = new Running(QUIRE_SOURCE_DIR "/models/quire-nano", "quire-nano");
  }
  static void TearDownTestSuite() {
    delete running_;
    running_ = nullptr;
  }

  static Heard get(std::string_view target) { return ask(running_->port(), "GET", target); }
  static Heard post(std::string_view target, const json& body) {
    return ask(running_->port(), "POST", target, body.dump(), kJson);
  }
  static Heard post_raw(std::string_view target, std::string_view body,
                        std::string_view headers = kJson) {
    return ask(running_->port(), "POST", target, body, headers);
  }
  static json fold(std::string_view text) {
    return json::parse(post("/v1/fold", {{"text", text}, {"mode", "tiny"}}).body);
  }
  static json chat_with(const std::string& url) {
    return {{"model", "quire-nano"},
            {"messages",
             {{{"role", "user"},
               {"content", {{{"type", "image_url"}, {"image_url", {{"url", url}}}}}}}}}};
  }
  static std::string data_url(std::string_view bytes) {
    return "data:image/png;base64," + encode_base64(as_bytes(bytes));
  }
  static double likeness(std::string_view a, std::string_view b) {
    return one_minus_ed(decode_utf8_lossy(a), decode_utf8_lossy(b));
  }
  // A refusal in OpenAI's shape that tells nothing of the machine.
  static void expect_refusal(const Heard& heard, int status) {
    EXPECT_EQ(heard.status, status) << heard.body;
    const json body = json::parse(heard.body, nullptr, false);
    ASSERT_TRUE(body.is_object() && body.contains("error")) << heard.body;
    EXPECT_FALSE(body["error"]["message"].get<std::string>().empty());
    for (const char* leak :
         {"/work", "/home", "/tmp", "/usr", ".cc", "0x7f", "0x55", "libpng", "nlohmann",
          "std::", "bad_alloc", "json.exception", QUIRE_SOURCE_DIR}) {
      EXPECT_EQ(heard.body.find(leak), std::string::npos) << leak << " in " << heard.body;
    }
  }

  static Running* running_;
};
Running* NanoServer::running_ = nullptr;

TEST_F(NanoServer, IsThere) {
  EXPECT_EQ(get("/health").status, 200);
  EXPECT_EQ(get("/ready").status, 200);
  const json models = json::parse(get("/v1/models").body);
  EXPECT_EQ(models["data"][0]["id"], "quire-nano");
  EXPECT_EQ(get("/v1/models/quire-nano").status, 200);
  expect_refusal(get("/v1/models/other"), 404);
  expect_refusal(get("/nowhere"), 404);
  const Heard wrong = get("/v1/fold");
  expect_refusal(wrong, 405);
  EXPECT_EQ(wrong.header("Allow"), "POST");
}

TEST_F(NanoServer, FoldsAndUnfolds) {
  const json bill = fold(kText);
  EXPECT_EQ(bill["text_chars"], kText.size());
  EXPECT_EQ(bill["vision_tokens"], 64);
  EXPECT_TRUE(
      bill["pages"][0]["picture"].get<std::string>().starts_with("data:image/png;base64,iVBOR"));
  const auto quire = decode_base64(bill["quire"].get<std::string>());
  ASSERT_TRUE(quire);
  const std::string bytes(quire->begin(), quire->end());
  const json back = json::parse(post_raw("/v1/unfold", bytes, "").body);
  EXPECT_GT(likeness(back["text"].get<std::string>(), kText), 0.8);
  EXPECT_EQ(back["pages"][0]["status"], "ok");
  // The file alone, and byte for byte.
  const Heard file =
      post_raw("/v1/fold", kText, "Content-Type: text/plain\r\nAccept: application/x-quire\r\n");
  EXPECT_EQ(file.header("Content-Type"), "application/x-quire");
  const json exact = json::parse(post("/v1/fold", {{"text", kText}, {"exact", true}}).body);
  const auto exact_bytes = decode_base64(exact["quire"].get<std::string>());
  const json same = json::parse(
      post_raw("/v1/unfold", std::string(exact_bytes->begin(), exact_bytes->end()), "").body);
  EXPECT_EQ(same["text"], kText);
}

TEST_F(NanoServer, ChatReadsAFoldedPage) {
  const std::string url = fold(kText)["pages"][0]["picture"];
  json request = chat_with(url);
  const json whole = json::parse(post("/v1/chat/completions", request).body);
  EXPECT_EQ(whole["object"], "chat.completion");
  const json& choice = whole["choices"][0];
  EXPECT_EQ(choice["finish_reason"], "stop");
  EXPECT_EQ(choice["message"]["role"], "assistant");
  const std::string text = choice["message"]["content"];
  EXPECT_GT(likeness(text, kText), 0.5);
  EXPECT_EQ(whole["usage"]["prompt_tokens"], 73);
  EXPECT_GT(whole["usage"]["completion_tokens"], 0);

  request["stream"] = true;
  request["stream_options"] = {{"include_usage", true}};
  const Heard heard = post("/v1/chat/completions", request);
  EXPECT_EQ(heard.header("Content-Type"), "text/event-stream");
  std::string streamed, rest = heard.body, reason;
  json usage;
  bool ended = false;
  for (std::size_t end; (end = rest.find("\n\n")) != std::string::npos; rest.erase(0, end + 2)) {
    const std::string line = rest.substr(0, end);
    ASSERT_TRUE(line.starts_with("data: ")) << line;
    EXPECT_FALSE(ended) << "something behind [DONE]";
    if (line == "data: [DONE]") {
      ended = true;
      continue;
    }
    const json event = json::parse(line.substr(6));
    EXPECT_EQ(event["object"], "chat.completion.chunk");
    if (event.contains("usage") && event["choices"].empty()) {
      usage = event["usage"];
      continue;
    }
    const json& delta = event["choices"][0]["delta"];
    if (delta.contains("content")) streamed += delta["content"];
    if (!event["choices"][0]["finish_reason"].is_null())
      reason = event["choices"][0]["finish_reason"];
  }
  EXPECT_TRUE(ended);
  EXPECT_EQ(rest, "");
  EXPECT_EQ(streamed, text);
  EXPECT_EQ(reason, "stop");
  EXPECT_EQ(usage, whole["usage"]);
}

TEST_F(NanoServer, ChatSaysWhyItStopped) {
  json request = chat_with(fold(kText)["pages"][0]["picture"]);
  request["max_tokens"] = 5;
  const json whole = json::parse(post("/v1/chat/completions", request).body);
  EXPECT_EQ(whole["choices"][0]["finish_reason"], "length");
}

TEST_F(NanoServer, ChatEndsAtAStopWord) {
  json request = chat_with(fold(kText)["pages"][0]["picture"]);
  const std::string all =
      json::parse(post("/v1/chat/completions", request).body)["choices"][0]["message"]["content"];
  request["stop"] = {"never there", all.substr(40, 6)};
  const json ended = json::parse(post("/v1/chat/completions", request).body);
  EXPECT_EQ(ended["choices"][0]["message"]["content"], all.substr(0, all.find(all.substr(40, 6))));
  EXPECT_EQ(ended["choices"][0]["finish_reason"], "stop");
}

TEST_F(NanoServer, ManyAtOnceAreEachAnsweredAsIfAlone) {
  std::vector<json> requests;
  std::vector<std::string> alone;
  for (const char* text : {"The first page.", "Another page, and a longer one.", "A third."}) {
    requests.push_back(chat_with(fold(text)["pages"][0]["picture"]));
    alone.push_back(post("/v1/chat/completions", requests.back()).body);
  }
  const auto said = [](const std::string& body) {
    return json::parse(body)["choices"][0]["message"]["content"].get<std::string>();
  };
  std::vector<std::thread> threads;
  std::vector<std::string> together(24);
  for (std::size_t i = 0; i < together.size(); ++i) {
    threads.emplace_back(
        [&, i] { together[i] = post("/v1/chat/completions", requests[i % 3]).body; });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < together.size(); ++i)
    EXPECT_EQ(said(together[i]), said(alone[i % 3]));
}

TEST_F(NanoServer, ChatRefusals) {
  json question = {{"model", "quire-nano"},
                   {"messages", {{{"role", "user"}, {"content", "What is a quire?"}}}}};
  expect_refusal(post("/v1/chat/completions", question), 400);
  question["model"] = "gpt-4o";
  expect_refusal(post("/v1/chat/completions", question), 404);
  expect_refusal(post("/v1/chat/completions", chat_with("http://127.0.0.1:1/x.png")), 400);
  expect_refusal(post("/v1/chat/completions", chat_with("file:///etc/passwd")), 400);
  expect_refusal(post_raw("/v1/chat/completions", "{\"model\":"), 400);
  expect_refusal(post_raw("/v1/chat/completions", ""), 400);
  expect_refusal(post_raw("/v1/chat/completions", "\xff\xfe\x00"), 400);
}

TEST_F(NanoServer, PicturesThatAreTrouble) {
  using namespace png_by_hand;
  // One pixel, one row, one column: read or refused, and the server lives.
  const std::string row(3000, '\x7f'), dot(1, '\x7f');
  const std::vector<std::string> column(3000, dot);
  for (const std::string& png :
       {header(1, 1, 8, 0) + data({dot}) + end(), header(3000, 1, 8, 0) + data({row}) + end(),
        header(1, 3000, 8, 0) + data(column) + end()}) {
    const Heard heard = post("/v1/chat/completions", chat_with(data_url(png)));
    EXPECT_EQ(heard.status, 200) << heard.body;
  }
  // Bombs and lies are refused by the header.
  expect_refusal(post("/v1/chat/completions",
                      chat_with(data_url(header(20'000, 20'000, 8, 0) + data({"x"}) + end()))),
                 413);
  expect_refusal(post("/v1/chat/completions", chat_with(data_url(header(0, 5, 8, 0) + end()))),
                 400);
  expect_refusal(post("/v1/chat/completions", chat_with(data_url(header(9, 9, 8, 0)))), 400);
  expect_refusal(post("/v1/chat/completions", chat_with(data_url("GIF89a"))), 400);
  expect_refusal(post("/v1/chat/completions", chat_with(data_url("<svg onload=alert(1)>"))), 400);
  EXPECT_EQ(get("/health").status, 200);
}

TEST_F(NanoServer, PicturesOfEveryMake) {
  using namespace png_by_hand;
  const std::string eight(8, '\x40');
  for (const std::string& png :
       {header(1, 1, 16, 0) + data({eight.substr(0, 2)}) + end(),
        header(1, 1, 16, 6) + data({eight}) + end(),
        header(1, 1, 8, 4) + data({eight.substr(0, 2)}) + end(),
        header(1, 1, 1, 3) + chunk("PLTE", eight.substr(0, 6)) + data({eight.substr(0, 1)}) + end(),
        // An APNG of a million frames, of which the first is there.
        header(1, 1, 8, 0) + chunk("acTL", big32(1'000'000) + big32(0)) +
            data({eight.substr(0, 1)}) + end()}) {
    const Heard heard = post("/v1/chat/completions", chat_with(data_url(png)));
    EXPECT_EQ(heard.status, 200) << heard.body;
  }
  // More pixels than the header tells of.
  const Heard more =
      post("/v1/chat/completions",
           chat_with(data_url(header(1, 1, 8, 0) + data({std::string(30'000'000, 'x')}) + end())));
  EXPECT_TRUE(more.status == 200 || more.status == 400) << more.body;
  // No colour has that number; a palette that is not there.
  expect_refusal(
      post("/v1/chat/completions", chat_with(data_url(header(1, 1, 8, 5) + data({"x"}) + end()))),
      400);
  expect_refusal(
      post("/v1/chat/completions", chat_with(data_url(header(1, 1, 8, 3) + data({"x"}) + end()))),
      400);
}

TEST_F(NanoServer, WhatOtherServersFellFor) {
  const std::uint16_t port = running_->port();
  const auto raw = [&](std::string_view line, std::string_view more = "") {
    Client client(port);
    client.say(std::string(line) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(more) + "\r\n");
    return client.hear().status;
  };
  for (const char* line :
       {"GET http://169.254.169.254/latest/meta-data/", "GET file:///etc/passwd",
        "CONNECT 127.0.0.1:22", "OPTIONS *", "TRACE /", "GET /../../etc/passwd",
        "GET /%2e%2e/%2e%2e/etc/passwd", "GET //etc/passwd", "GET /style.css/../../x",
        "GET /style.css%00.html", "GET /v1/models/..%2f..%2fetc%2fpasswd", "PUT /v1/models"}) {
    EXPECT_EQ(raw(line) / 100, 4) << line;
  }
  Client second(port);  // of HTTP
  second.say("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  EXPECT_EQ(second.hear().status / 100, 4);
  EXPECT_EQ(raw("GET /health", "X-Forwarded-For: , ,,\r\nX-Forwarded-For: " +
                                   std::string(4000, ',') + "\r\nRange: bytes=0-,0-,0-\r\n"),
            200);
  // A body is never unpacked, whatever it says it is.
  const Heard packed = post_raw("/v1/fold", std::string("\x1f\x8b\x08\0\0", 5),
                                "Content-Type: application/json\r\nContent-Encoding: gzip\r\n");
  expect_refusal(packed, 400);
  // Numbers that are none, and more values than anybody means.
  for (const char* body : {"{\"text\":\"x\",\"ratio\":NaN}", "{\"text\":\"x\",\"ratio\":-Infinity}",
                           "{\"text\":\"x\",\"ratio\":1e999}", "{\"text\":\"x\",\"ratio\":0x10}"}) {
    expect_refusal(post_raw("/v1/fold", body), 400);
  }
  std::string many = "{\"text\":\"x\",\"more\":[0";
  for (int i = 0; i < 300'000; ++i) many += ",0";
  EXPECT_EQ(post_raw("/v1/fold", many + "]}").status / 100, 4);
  EXPECT_EQ(get("/health").status, 200);
}

TEST_F(NanoServer, DocumentsOfTooManyPages) {
  const std::string pdf = pdf_by_hand(std::vector<HandPage>(501));
  const Heard heard = post_raw("/v1/read?name=long.pdf", pdf, "");
  expect_refusal(heard, 413);
  EXPECT_NE(heard.body.find("long.pdf"), std::string::npos) << heard.body;
  // One that says it has a thousand million, and one that is its own child.
  const Heard liar = post_raw("/v1/read", pdf_by_hand({{}}, "", "1000000000"), "");
  EXPECT_EQ(liar.status / 100, 4) << liar.body;
  const Heard snake = post_raw("/v1/read", pdf_by_hand({{}}, "2 0 R 2 0 R"), "");
  EXPECT_TRUE(snake.status == 200 || snake.status / 100 == 4) << snake.body;
  EXPECT_EQ(get("/health").status, 200);
}

TEST_F(NanoServer, FoldRefusals) {
  expect_refusal(post_raw("/v1/fold", "{"), 400);
  expect_refusal(post("/v1/fold", json::object()), 400);
  expect_refusal(post("/v1/fold", {{"text", ""}}), 400);
  expect_refusal(post("/v1/fold", {{"text", 7}}), 400);
  expect_refusal(post("/v1/fold", {{"text", "words"}, {"mode", "gigantic"}}), 400);
  expect_refusal(post("/v1/fold", {{"text", "words"}, {"ratio", -1}}), 400);
  expect_refusal(post("/v1/fold", {{"text", "words"}, {"ratio", 1e300}}), 400);
  expect_refusal(post_raw("/v1/fold", "good\xC3(", "Content-Type: text/plain\r\n"), 400);
  expect_refusal(post("/v1/fold", {{"text", std::string(8 << 20, 'a')}}), 413);  // pages
  expect_refusal(post_raw("/v1/unfold", "not a quire", ""), 400);
  expect_refusal(post_raw("/v1/unfold", "", ""), 400);
}

TEST_F(NanoServer, ReadsDocuments) {
  const std::string url = fold(kText)["pages"][0]["picture"];
  const auto png = decode_base64(std::string_view(url).substr(url.find(',') + 1));
  ASSERT_TRUE(png);
  const std::string bytes(png->begin(), png->end());
  const json read = json::parse(post_raw("/v1/read?name=a.png", bytes, "").body);
  EXPECT_EQ(read["files"][0]["path"], "a.png");
  const json& page = read["files"][0]["pages"][0];
  EXPECT_EQ(page["status"], "ok");
  EXPECT_GT(likeness(page["text"].get<std::string>(), kText), 0.5);
  const Heard html = post_raw("/v1/read?format=html", bytes, "");
  EXPECT_NE(html.header("Content-Security-Policy").find("sandbox"), std::string::npos);

  // What is wrong is said under the client's name for it, and of our disk nothing.
  const Heard broken = post_raw("/v1/read?name=scan.pdf", "%PDF-1.7 and no more", "");
  expect_refusal(broken, 400);
  EXPECT_NE(broken.body.find("scan.pdf"), std::string::npos) << broken.body;
  expect_refusal(post_raw("/v1/read", "GIF89a", ""), 400);
  expect_refusal(post_raw("/v1/read", "", ""), 400);
  expect_refusal(post_raw("/v1/read", bytes.substr(0, bytes.size() / 2), ""), 400);
  expect_refusal(post_raw("/v1/read?mode=huge", bytes, ""), 400);
  expect_refusal(post_raw("/v1/read?max_tokens=-1", bytes, ""), 400);
  expect_refusal(post_raw("/v1/read?max_tokens=99999999999999999999", bytes, ""), 400);
  expect_refusal(
      post_raw("/v1/read", "--b\r\n", "Content-Type: multipart/form-data; boundary=b\r\n"), 400);
}

TEST_F(NanoServer, ThePageIsItsOwn) {
  const Heard page = get("/");
  EXPECT_EQ(page.status, 200);
  const std::string policy = page.header("Content-Security-Policy");
  EXPECT_NE(policy.find("default-src 'none'"), std::string::npos);
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
  EXPECT_EQ(page.body.find("http://"), std::string::npos);
  EXPECT_EQ(page.body.find("https://"), std::string::npos);
  EXPECT_EQ(page.body.find(" style="), std::string::npos);
  // Everything it names is there.
  for (const char* file :
       {"/app.js", "/style.css", "/quire.svg", "/fold.js", "/api.js", "/diff.js"}) {
    const Heard heard = get(file);
    EXPECT_EQ(heard.status, 200) << file;
    EXPECT_EQ(heard.header("X-Content-Type-Options"), "nosniff");
  }
  const std::string tag = "If-None-Match: " + page.header("ETag") + "\r\n";
  EXPECT_EQ(ask(running_->port(), "GET", "/", "", tag).status, 304);
}

TEST_F(NanoServer, Counts) {
  (void)get("/health");
  const Heard heard = get("/metrics");
  EXPECT_TRUE(heard.header("Content-Type").starts_with("application/openmetrics-text"));
  EXPECT_NE(heard.body.find("quire_requests_total{route=\"/health\",status=\"200\"}"),
            std::string::npos);
  EXPECT_TRUE(heard.body.ends_with("# EOF\n"));
}

TEST(KeyedServer, AsksForItsKey) {
  ServerOptions options;
  options.access.api_key = "secret";
  Running running(QUIRE_SOURCE_DIR "/models/quire-nano", "quire-nano", options);
  EXPECT_EQ(ask(running.port(), "GET", "/v1/models").status, 401);
  EXPECT_EQ(ask(running.port(), "GET", "/metrics").status, 401);
  EXPECT_EQ(ask(running.port(), "GET", "/health").status, 200);
  EXPECT_EQ(ask(running.port(), "GET", "/").status, 200);
  EXPECT_EQ(ask(running.port(), "GET", "/v1/models", "", "Authorization: Bearer secret\r\n").status,
            200);
}

class RememberingServer : public FolderTest {};

TEST_F(RememberingServer, KeepsNoMoreJobsThanItMay) {
  ServerOptions options;
  options.state = path("state");
  options.http.limits.jobs = 2;
  Running running(QUIRE_SOURCE_DIR "/models/quire-nano", "quire-nano", options);
  const auto add = [&] {
    return ask(running.port(), "POST", "/v1/jobs?name=../../x.png", "GIF89a is no picture");
  };
  const Heard first = add();
  EXPECT_EQ(first.status, 202) << first.body;
  EXPECT_EQ(add().status, 202);
  EXPECT_EQ(add().status, 429);
  const std::string id = json::parse(first.body)["id"];
  EXPECT_EQ(ask(running.port(), "DELETE", "/v1/jobs/" + id).status, 200);
  EXPECT_EQ(add().status, 202);
}

TEST_F(RememberingServer, RemembersFadesAndForgets) {
  ServerOptions options;
  options.memory = path("life.memory");
  Running running(QUIRE_SOURCE_DIR "/models/quire-nano", "quire-nano", options);
  const auto post = [&](std::string_view target, const json& body) {
    return ask(running.port(), "POST", target, body.dump(), kJson);
  };
  const Heard added = post("/v1/memory", {{"text", "The shed key is 4711."}, {"at", 1'000'000}});
  ASSERT_EQ(added.status, 200) << added.body;
  const std::int64_t id = json::parse(added.body)["ids"][0];
  const auto entry = [&] {
    return json::parse(ask(running.port(), "GET", "/v1/memory").body)["entries"].at(0);
  };
  EXPECT_EQ(entry()["tier"], "text");
  const json ticked = json::parse(post("/v1/memory/tick", {{"at", 1'000'000 + 8 * 86'400}}).body);
  EXPECT_EQ(ticked["set"], 1);
  EXPECT_NE(entry()["tier"], "text");
  const json found = json::parse(
      post("/v1/memory/recall", {{"query", "shed key"}, {"at", 1'000'000 + 8 * 86'400}}).body);
  ASSERT_EQ(found["entries"].size(), 1u);
  EXPECT_EQ(found["entries"][0]["id"], id);
  const json context = json::parse(post("/v1/memory/context", {{"budget", 1000}}).body);
  EXPECT_LE(context["tokens"], 1000);
  const Heard picture = ask(running.port(), "GET", "/v1/memory/timeline.svg?at=1007200&budget=500");
  EXPECT_EQ(picture.header("Content-Type"), "image/svg+xml");
  EXPECT_NE(picture.body.find("<svg"), std::string::npos);

  for (const json& wrong :
       {json::object(), json{{"text", 7}}, json{{"text", ""}}, json{{"text", "x"}, {"at", -1}},
        json{{"text", "x"}, {"importance", 7}}}) {
    EXPECT_EQ(post("/v1/memory", wrong).status, 400) << wrong;
  }
  EXPECT_EQ(post("/v1/memory/context", {{"budget", -5}}).status, 400);
  for (const char* value : {"0", "9223372036854775808", "1e18", "\"5\"", "[]"}) {
    const std::string body = std::string("{\"query\":\"x\",\"limit\":") + value + "}";
    EXPECT_EQ(ask(running.port(), "POST", "/v1/memory/recall", body, kJson).status, 400) << value;
  }
  EXPECT_EQ(ask(running.port(), "DELETE", "/v1/memory/x").status, 404);
  EXPECT_EQ(ask(running.port(), "DELETE", "/v1/memory/99999999999999999999").status, 404);
  const std::string far = "/v1/memory/timeline.svg?at=99999999999999999999&budget=-7";
  EXPECT_EQ(ask(running.port(), "GET", far).status, 200);
  const std::string place = "/v1/memory/" + std::to_string(id);
  EXPECT_EQ(ask(running.port(), "DELETE", place).status, 200);
  EXPECT_EQ(ask(running.port(), "DELETE", place).status, 404);
  EXPECT_EQ(json::parse(ask(running.port(), "GET", "/v1/memory").body)["entries"].size(), 0u);
}

// Random weights, but the architecture of the large model: any question, any number of pictures.
TEST(GeneralServer, AnswersTextAndPictures) {
  QUIRE_NEEDS_GOLDEN("tiny-model");
  Running running(golden_path("tiny-model").string(), "tiny");
  const auto chat = [&](const json& content) {
    const json body = {{"model", "tiny"},
                       {"max_tokens", 8},
                       {"messages", {{{"role", "user"}, {"content", content}}}}};
    return ask(running.port(), "POST", "/v1/chat/completions", body.dump(), kJson);
  };
  const Heard text = chat("Hello");
  ASSERT_EQ(text.status, 200) << text.body;
  const json answer = json::parse(text.body);
  EXPECT_EQ(answer["usage"]["prompt_tokens_details"]["image_tokens"], 0);
  EXPECT_GT(answer["usage"]["prompt_tokens"], 0);

  using namespace png_by_hand;
  const std::string png = header(2, 2, 8, 0) + data({"ab", "cd"}) + end();
  const json picture = {
      {"type", "image_url"},
      {"image_url",
       {{"url", "data:image/png;base64," + encode_base64(as_bytes(png))}, {"detail", "tiny"}}}};
  const Heard two = chat({picture, {{"type", "text"}, {"text", "and"}}, picture});
  ASSERT_EQ(two.status, 200) << two.body;
  EXPECT_EQ(json::parse(two.body)["usage"]["prompt_tokens_details"]["image_tokens"], 146);
}

TEST(GeneralServer, APromptWithoutEndIsRefused) {
  QUIRE_NEEDS_GOLDEN("tiny-model");
  Running running(golden_path("tiny-model").string(), "tiny");
  std::string words;
  while (words.size() < (8u << 20)) words += "words without end, ";
  const json body = {{"model", "tiny"}, {"messages", {{{"role", "user"}, {"content", words}}}}};
  const Heard heard = ask(running.port(), "POST", "/v1/chat/completions", body.dump(), kJson);
  EXPECT_EQ(heard.status, 413) << heard.body.substr(0, 300);
  // And one that is cut from 2^31 bytes: refused by its head.
  Client liar(running.port());
  liar.say(
      "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
      "2147483648\r\n\r\n{");
  EXPECT_EQ(liar.hear().status, 413);
  EXPECT_EQ(ask(running.port(), "GET", "/health").status, 200);
}

}  // namespace
}  // namespace quire
