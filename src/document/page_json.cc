#include "document/page_json.h"

#include <nlohmann/json.hpp>

namespace quire {
namespace {

using OrderedJson = nlohmann::ordered_json;

OrderedJson boxes_json(const DocumentPage& page) {
  OrderedJson boxes = OrderedJson::array();
  for (const Block& block : page.blocks) {
    for (const PixelBox& box : block.boxes) {
      boxes.push_back({{"label", block.label},
                       {"text", block.text},
                       {"xyxy", {box.left, box.top, box.right, box.bottom}},
                       {"confidence", block.confidence}});
    }
  }
  return boxes;
}

OrderedJson attempts_json(const PictureReading& reading) {
  OrderedJson attempts = OrderedJson::array();
  for (const Attempt& attempt : reading.attempts) {
    attempts.push_back({{"mode", attempt.way.mode.name},
                        {"ngram", attempt.way.guard.name},
                        {"temperature", static_cast<double>(attempt.way.temperature)},
                        {"seed", attempt.way.seed},
                        {"status", to_string(attempt.status)},
                        {"tokens", attempt.tokens},
                        {"seconds", attempt.seconds}});
    if (!attempt.problem.empty()) attempts.back()["problem"] = attempt.problem;
  }
  return attempts;
}

OrderedJson layer_json(const TextLayer& layer) {
  OrderedJson json = {{"text", layer.text}};
  if (!layer.refused.empty()) json["refused"] = layer.refused;
  if (!layer.check) return json;
  json["agreement"] = layer.check->agreement;
  json["summary"] = describe(*layer.check);
  auto& differences = json["differences"] = OrderedJson::array();
  for (const WordDifference& one : layer.check->diff.differences) {
    differences.push_back({{"reading", one.left},
                           {"layer", one.right},
                           {"reading_word", one.left_at},
                           {"layer_word", one.right_at}});
  }
  return json;
}

}  // namespace

OrderedJson page_json(const PageResult& result, std::span<const std::string> links) {
  const PictureReading& reading = result.reading;
  const Answer& answer = reading.answer;
  OrderedJson json = {{"page", 1},
                      {"status", to_string(result.status)},
                      {"source", result.source()},
                      {"text", result.page.text()},
                      {"markdown", result.page.markdown(links)},
                      {"raw", answer.text},
                      {"width", result.page.width},
                      {"height", result.page.height},
                      {"boxes", boxes_json(result.page)},
                      {"figures", links},
                      {"confidence", answer.confidence(0, answer.text.size())},
                      {"vision_tokens", reading.vision_tokens},
                      {"sequence_tokens", reading.sequence_tokens},
                      {"tokens", answer.tokens},
                      {"attempts", attempts_json(reading)},
                      {"chosen", reading.chosen},
                      {"seconds",
                       {{"load", result.load_seconds},
                        {"image", reading.image_seconds},
                        {"encode", reading.encode_seconds},
                        {"prefill", reading.prefill_seconds},
                        {"decode", reading.decode_seconds}}}};
  if (result.layer) json["text_layer"] = layer_json(*result.layer);
  if (result.blank) json["blank"] = true;
  if (result.turned != 0) json["turned"] = result.turned;
  if (result.damaged) json["damaged"] = true;
  if (!result.problem.empty()) json["problem"] = result.problem;
  return json;
}

}  // namespace quire
