// POST /v1/chat/completions, as a client sends it: checked, and in our words.
//
// The model has no roles and no memory of turns: its prompt is one text with pictures in it
// (text/prompt.h). So the texts of all messages stand in it one below the other, and where a
// picture stands among them its <image> does. Whoever writes <image> into the text places the
// pictures himself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "format/json.h"
#include "infer/modes.h"
#include "serve/limits.h"

namespace quire {

struct ChatRequest {
  std::string model;
  std::string prompt;                               // an <image> for each picture
  std::vector<std::vector<std::uint8_t>> pictures;  // files as they came, in order
  std::optional<Mode> mode;                         // from the pictures' "detail"
  std::size_t max_tokens = 0;
  float temperature = 0;
  std::uint64_t seed = 0;
  std::vector<std::string> stop;  // the answer ends before the first of them
  bool stream = false, include_usage = false;
};

// Errors are sentences that name the field.
Result<ChatRequest> parse_chat_request(std::string_view body, const ServeLimits& limits);

}  // namespace quire
