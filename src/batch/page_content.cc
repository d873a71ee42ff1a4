#include "batch/page_content.h"

#include <nlohmann/json.hpp>

#include "document/page_json.h"

namespace quire {

nlohmann::ordered_json page_content(const PageResult& result, std::span<const std::string> links) {
  nlohmann::ordered_json content = page_json(result, links);
  for (const char* key : {"page", "status", "problem", "blank", "tokens", "seconds"}) {
    content.erase(key);
  }
  for (auto& attempt : content["attempts"]) attempt.erase("seconds");
  auto& confidence = content["block_confidence"] = nlohmann::ordered_json::array();
  for (const Block& block : result.page.blocks) confidence.push_back(block.confidence);
  return content;
}

KeptPage kept_page(const Json& content) {
  KeptPage kept;
  const auto raw = get_string(content, "raw", "");
  const auto width = get_int(content, "width", 0, {0, 1 << 30}),
             height = get_int(content, "height", 0, {0, 1 << 30});
  const auto source = get_string(content, "source", ""), text = get_string(content, "text", "");
  if (source && text && *source == kFromLayer) {
    kept.page = page_of_layer(*text);
    return kept;
  }
  std::vector<double> confidence;
  if (const Json* list = find_key(content, "block_confidence"); list && list->is_array()) {
    for (const Json& one : *list) confidence.push_back(one.is_number() ? one.get<double>() : 0);
  }
  if (const Json* list = find_key(content, "figures"); list && list->is_array()) {
    for (const Json& one : *list)
      kept.links.push_back(one.is_string() ? one.get<std::string>() : "");
  }
  if (raw && width && height) {
    kept.page = make_page(*raw, confidence, static_cast<int>(*width), static_cast<int>(*height));
  }
  return kept;
}

}  // namespace quire
