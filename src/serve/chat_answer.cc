#include "serve/chat_answer.h"

#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>
#include <random>
#include <utility>

namespace quire {
namespace {

using OrderedJson = nlohmann::ordered_json;

std::string event(const OrderedJson& json) {
  return "data: " + json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n\n";
}

OrderedJson usage_json(const Usage& usage) {
  const std::size_t prompt = usage.text_tokens + usage.vision_tokens;
  return {{"prompt_tokens", prompt},
          {"completion_tokens", usage.answer_tokens},
          {"total_tokens", prompt + usage.answer_tokens},
          {"prompt_tokens_details",
           {{"text_tokens", usage.text_tokens},
            {"image_tokens", usage.vision_tokens},
            {"cached_tokens", 0}}}};
}

}  // namespace

std::string random_id(std::string_view prefix) {
  thread_local std::random_device random;
  std::string id(prefix);
  for (int i = 0; i < 4; ++i) {
    char digits[9];
    std::snprintf(digits, sizeof digits, "%08x", static_cast<unsigned>(random()));
    id += digits;
  }
  return id;
}

std::string_view finish_reason(ReadStatus status) {
  switch (status) {
    case ReadStatus::kOk:
    case ReadStatus::kEmpty:
      return "stop";
    case ReadStatus::kLoop:
      return "loop";
    case ReadStatus::kLimit:
    case ReadStatus::kError:
      break;
  }
  return "length";
}

ChatAnswer::ChatAnswer(std::string model)
    : id_(random_id("chatcmpl-")),
      model_(std::move(model)),
      created_(static_cast<long long>(std::time(nullptr))) {}

OrderedJson ChatAnswer::whole(std::string_view text, ReadStatus status, const Usage& usage) const {
  return {{"id", id_},
          {"object", "chat.completion"},
          {"created", created_},
          {"model", model_},
          {"choices",
           {{{"index", 0},
             {"message", {{"role", "assistant"}, {"content", text}, {"refusal", nullptr}}},
             {"logprobs", nullptr},
             {"finish_reason", finish_reason(status)}}}},
          {"usage", usage_json(usage)}};
}

OrderedJson ChatAnswer::chunk(OrderedJson choices) const {
  return {{"id", id_},
          {"object", "chat.completion.chunk"},
          {"created", created_},
          {"model", model_},
          {"choices", std::move(choices)}};
}

std::string ChatAnswer::piece(std::string_view text, bool first) const {
  OrderedJson delta = {{"content", text}};
  if (first) delta = {{"role", "assistant"}, {"content", text}};
  return event(chunk({{{"index", 0}, {"delta", std::move(delta)}, {"finish_reason", nullptr}}}));
}

std::string ChatAnswer::finish(ReadStatus status) const {
  return event(chunk({{{"index", 0},
                       {"delta", OrderedJson::object()},
                       {"finish_reason", finish_reason(status)}}}));
}

std::string ChatAnswer::usage(const Usage& usage) const {
  OrderedJson json = chunk(OrderedJson::array());
  json["usage"] = usage_json(usage);
  return event(json);
}

std::string ChatAnswer::failure(std::string_view error_json) {
  return "data: " + std::string(error_json) + "\n\n";
}

}  // namespace quire
