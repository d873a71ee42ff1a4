#include "memory/context_json.h"

#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "text/base64.h"
#include "text/utf8.h"

namespace quire {
namespace {

using Json = nlohmann::ordered_json;

Json part_json(const ContextPart& part) {
  if (part.png.empty()) return {{"type", "text"}, {"text", repair_utf8(part.text)}};
  const std::string url = "data:image/png;base64," + encode_base64(as_bytes(part.png));
  return {{"type", "image_url"}, {"image_url", {{"url", url}}}};
}

}  // namespace

Json messages_json(const Context& context) {
  Json messages = Json::array();
  for (const ContextMessage& message : context.messages) {
    Json content = Json::array();
    for (const ContextPart& part : message.parts) content.push_back(part_json(part));
    const bool plain = message.parts.size() == 1 && message.parts.front().png.empty();
    messages.push_back(
        {{"role", message.role},
         {"content", plain ? Json(repair_utf8(message.parts.front().text)) : std::move(content)}});
  }
  return messages;
}

Json context_json(const Context& context) {
  Json entries = Json::array();
  for (const ContextBill& bill : context.entries) {
    entries.push_back({{"id", bill.id}, {"tier", tier_name(bill.tier)}, {"tokens", bill.tokens}});
  }
  return {{"budget", context.budget},
          {"tokens", context.tokens},
          {"left_out", context.left_out},
          {"entries", std::move(entries)},
          {"messages", messages_json(context)}};
}

}  // namespace quire
