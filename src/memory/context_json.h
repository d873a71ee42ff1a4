// A context as JSON: chat messages as the OpenAI API takes them, pictures as data URLs, so that any
// vision-language model behind such an API can use it.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "memory/context.h"

namespace quire {

// [{"role", "content": [{"type": "text", "text"} or {"type": "image_url", "image_url": {"url"}}]}];
// a message of one text has the text itself as content.
nlohmann::ordered_json messages_json(const Context& context);

// {"budget", "tokens", "left_out", "entries": [{"id", "tier", "tokens"}], "messages"}
nlohmann::ordered_json context_json(const Context& context);

}  // namespace quire
