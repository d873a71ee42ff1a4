// The answer to a chat request in the shapes of OpenAI's API: whole, or in chunks as server-sent
// events.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "infer/read_status.h"

namespace quire {

struct Usage {
  std::size_t text_tokens = 0;    // of the prompt, without the pictures
  std::size_t vision_tokens = 0;  // that the decoder saw for the pictures
  std::size_t answer_tokens = 0;
};

class ChatAnswer {
 public:
  explicit ChatAnswer(std::string model);

  nlohmann::ordered_json whole(std::string_view text, ReadStatus status, const Usage& usage) const;

  // As events, "data: {...}\n\n", in this order: any number of piece(), then finish() or failure(),
  // then usage() where it was asked for, then kEnd.
  std::string piece(std::string_view text, bool first) const;
  std::string finish(ReadStatus status) const;
  std::string usage(const Usage& usage) const;
  static std::string failure(std::string_view error_json);
  static constexpr std::string_view kEnd = "data: [DONE]\n\n";

 private:
  nlohmann::ordered_json chunk(nlohmann::ordered_json choices) const;

  std::string id_, model_;
  long long created_;  // seconds since 1970
};

// "stop": the model came to its end. "length": the limit of tokens cut it off. "loop": it turned in
// a circle and was stopped, which OpenAI's API has no word for.
std::string_view finish_reason(ReadStatus status);

// 128 random bits in hex, after a prefix: "chatcmpl-..."
std::string random_id(std::string_view prefix);

}  // namespace quire
