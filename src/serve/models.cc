// GET /v1/models and /v1/models/{id}: there is one.
#include <nlohmann/json.hpp>

#include "serve/api_error.h"
#include "serve/handlers.h"

namespace quire {
namespace {

nlohmann::ordered_json model_json(const Engine& engine) {
  nlohmann::ordered_json capabilities = nlohmann::ordered_json::array({"read_pages"});
  if (!engine.reads_pages_only()) capabilities = {"chat", "vision", "read_documents"};
  return {{"id", engine.name},
          {"object", "model"},
          {"created", 0},
          {"owned_by", "quire"},
          {"fingerprint", engine.reader.fingerprint()},
          {"capabilities", std::move(capabilities)}};
}

}  // namespace

HttpResponse json_response(const nlohmann::ordered_json& json, int status) {
  return {status, "application/json",
          json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)};
}

void list_models(Engine& engine, const Call& call) {
  call.reply.send(json_response({{"object", "list"}, {"data", {model_json(engine)}}}));
}

void describe_model(Engine& engine, const Call& call) {
  if (call.id == engine.name) return call.reply.send(json_response(model_json(engine)));
  call.reply.send(
      error_response(404, "model_not_found", "there is one model here, " + engine.name));
}

}  // namespace quire
