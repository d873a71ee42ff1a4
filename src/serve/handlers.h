// The handlers, one for each address that works with the model. Each answers, whatever happens.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "serve/engine.h"
#include "serve/router.h"

namespace quire {

void list_models(Engine& engine, const Call& call);      // GET /v1/models
void describe_model(Engine& engine, const Call& call);   // GET /v1/models/{id}
void complete_chat(Engine& engine, const Call& call);    // POST /v1/chat/completions
void fold_a_text(Engine& engine, const Call& call);      // POST /v1/fold
void unfold_a_quire(Engine& engine, const Call& call);   // POST /v1/unfold
void read_a_document(Engine& engine, const Call& call);  // POST /v1/read

// What a handler has to say in JSON.
HttpResponse json_response(const nlohmann::ordered_json& json, int status = 200);

}  // namespace quire
