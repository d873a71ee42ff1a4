#include "serve/server.h"

#include <atomic>
#include <utility>

#include "fold/folding.h"
#include "fold/text_tokens.h"
#include "serve/engine.h"
#include "serve/handlers.h"
#include "serve/jobs.h"
#include "serve/memory_desk.h"
#include "serve/page_file.h"
#include "serve/proxy.h"
#include "serve/router.h"

namespace quire {
namespace {

constexpr std::size_t kNoBody = 0, kMemoryBody = 1 << 20;

// English prose under DeepSeek's tokenizer; the plan of the pages wants one number for all texts.
constexpr double kCharactersPerToken = 4.5;

Result<Proxy> make_proxy(const ProxyOptions& options, const Engine& engine, bool has_own_key) {
  auto upstream = Upstream::parse(options.url);
  QUIRE_TRY(upstream);
  upstream->api_key = options.api_key;
  upstream->keeps_client_key = !has_own_key;
  // Whatever reads the pages is not the model here, so its table of accuracy does not count.
  auto plan = plan_pages({options.mode, options.ratio, kCharactersPerToken}, AccuracyTable());
  QUIRE_TRY(plan);
  Proxy proxy{*std::move(upstream), options.folds, {*std::move(plan), kDefaultFace}};
  proxy.rules.recent_rounds = options.recent_rounds;
  proxy.rules.long_text_tokens = options.long_text_tokens;
  proxy.rules.count_tokens = token_counter(engine.reader.tokenizer(), engine.directory);
  proxy.rules.exact_strings = exact_words;
  return proxy;
}

}  // namespace

struct Server::State {
  State(const ServerOptions& given, Reader reader)
      : options(given),
        engine(std::move(reader), given.model_name, given.model_directory, given.program,
               options.http.limits, metrics),
        router(routes(), given.access, metrics, given.log) {}

  std::vector<Route> routes() {
    const std::size_t body = options.http.limits.body_bytes;
    const auto of = [this](void (*handler)(Engine&, const Call&)) {
      return [this, handler](const Call& call) { handler(engine, call); };
    };
    std::vector<Route> all = {
        {"GET", "/health", kNoBody, Route::kOpen,
         [](const Call& call) {
           call.reply.send({200, "application/json", "{\"status\":\"ok\"}"});
         }},
        {"GET", "/ready", kNoBody, Route::kOpen, [this](const Call& call) { ready(call); }},
        {"GET", "/metrics", kNoBody, Route::kQuick,
         [this](const Call& call) {
           call.reply.send(
               {200, "application/openmetrics-text; version=1.0.0; charset=utf-8", metrics.text()});
         }},
        {"GET", "/v1/models", kNoBody, Route::kQuick, of(list_models)},
        {"GET", "/v1/models/{id}", kNoBody, Route::kQuick, of(describe_model)},
        {"POST", "/v1/chat/completions", body, Route::kWork, of(complete_chat)},
        {"POST", "/v1/fold", body, Route::kWork, of(fold_a_text)},
        {"POST", "/v1/unfold", body, Route::kWork, of(unfold_a_quire)},
        {"POST", "/v1/read", body, Route::kWork, of(read_a_document)},
    };
    if (!options.state.empty()) {
      const auto desk = [this](void (JobDesk::*handler)(const Call&)) {
        return [this, handler](const Call& call) { (jobs.get()->*handler)(call); };
      };
      all.push_back({"POST", "/v1/jobs", body, Route::kWork, desk(&JobDesk::add)});
      all.push_back({"GET", "/v1/jobs", kNoBody, Route::kWork, desk(&JobDesk::list)});
      all.push_back({"GET", "/v1/jobs/{id}", kNoBody, Route::kWork, desk(&JobDesk::show)});
      all.push_back({"GET", "/v1/jobs/{id}/result", kNoBody, Route::kWork, desk(&JobDesk::result)});
      all.push_back({"DELETE", "/v1/jobs/{id}", kNoBody, Route::kWork, desk(&JobDesk::remove)});
    }
    if (!options.memory.empty()) {
      const auto desk = [this](void (MemoryDesk::*handler)(const Call&)) {
        return [this, handler](const Call& call) { (memory.get()->*handler)(call); };
      };
      const auto add = [&](const char* method, const char* path,
                           void (MemoryDesk::*handler)(const Call&)) {
        const bool has_body = std::string_view(method) == "POST";
        all.push_back(
            {method, path, has_body ? kMemoryBody : kNoBody, Route::kWork, desk(handler)});
      };
      add("GET", "/v1/memory", &MemoryDesk::list);
      add("POST", "/v1/memory", &MemoryDesk::add);
      add("POST", "/v1/memory/recall", &MemoryDesk::recall);
      add("POST", "/v1/memory/context", &MemoryDesk::context);
      add("POST", "/v1/memory/tick", &MemoryDesk::tick);
      add("GET", "/v1/memory/timeline.svg", &MemoryDesk::timeline);
      add("DELETE", "/v1/memory/{id}", &MemoryDesk::forget);
    }
    if (options.proxy) {
      const auto chat = [this](const Call& call) { forward_chat(*proxy, metrics, call); };
      const auto rest = [this](const Call& call) { forward(*proxy, metrics, call); };
      std::erase_if(all, [](const Route& route) {
        return route.path.starts_with("/v1/models") || route.path == "/v1/chat/completions";
      });
      all.push_back({"POST", "/v1/chat/completions", body, Route::kWork, chat});
      for (const char* method : {"GET", "POST", "DELETE"}) {
        all.push_back({method, "/v1/{rest}", body, Route::kWork, rest});
      }
    }
    for (Route& route : page_routes()) all.push_back(std::move(route));
    return all;
  }

  void ready(const Call& call) {
    const bool full = http->busy() >= options.http.limits.running + options.http.limits.waiting;
    const bool yes = !stopping && !full;
    call.reply.send({yes ? 200 : 503, "application/json",
                     yes ? "{\"status\":\"ready\"}" : "{\"status\":\"busy\"}"});
  }

  const ServerOptions options;
  Metrics metrics;
  Engine engine;
  Router router;
  std::unique_ptr<MemoryDesk> memory;
  std::unique_ptr<JobDesk> jobs;
  std::optional<Proxy> proxy;
  std::unique_ptr<HttpServer> http;
  std::atomic<bool> stopping = false;
};

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::open(const ServerOptions& options) {
  auto reader = Reader::open(options.model_directory, options.arithmetic);
  QUIRE_TRY(reader);
  auto state = std::make_unique<State>(options, *std::move(reader));
  if (!options.state.empty()) {
    auto store = JobStore::open(options.state + "/jobs");
    QUIRE_TRY(store);
    state->jobs = std::make_unique<JobDesk>(state->engine, *std::move(store));
  }
  if (!options.memory.empty()) {
    auto memory = MemoryDesk::open(options.memory, state->engine);
    QUIRE_TRY(memory);
    state->memory = *std::move(memory);
  }
  if (options.proxy) {
    auto proxy = make_proxy(*options.proxy, state->engine, !options.access.api_key.empty());
    QUIRE_TRY(proxy);
    state->proxy = *std::move(proxy);
  }
  auto http = HttpServer::listen(state->options.http, state->router);
  QUIRE_TRY(http);
  state->http = *std::move(http);
  (void)state->engine.reader.fingerprint();  // takes a look at every weight: now, not for a client
  HttpServer* server = state->http.get();
  state->metrics.gauge("busy", "requests that are worked on or wait for it",
                       [server] { return static_cast<double>(server->busy()); });
  Engine* engine = &state->engine;
  state->metrics.gauge("readings_waiting", "turns at the model that wait",
                       [engine] { return static_cast<double>(engine->load().waiting); });
  state->metrics.gauge("readings_under_way", "turns at the model that run",
                       [engine] { return static_cast<double>(engine->load().under_way); });
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

std::uint16_t Server::port() const { return state_->http->port(); }
void Server::run() {
  state_->http->run();
  state_->jobs.reset();  // its page is given up, and read again next time
}
void Server::stop() {
  state_->stopping = true;
  state_->http->stop();
}

}  // namespace quire
