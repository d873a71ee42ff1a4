#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "fold/little_endian.h"
#include "fold/quire_file.h"
#include "fold/quire_layout.h"
#include "format/checksum.h"

namespace quire {
namespace {

std::string section(std::string_view tag, std::string_view payload) {
  std::string bytes(tag);
  put<std::uint32_t>(bytes, crc32(as_bytes(payload)));
  put<std::uint64_t>(bytes, payload.size());
  put<std::uint32_t>(bytes, crc32(as_bytes(bytes)));
  return bytes.append(payload);
}

std::string plan_json(const QuirePlan& plan) {
  nlohmann::ordered_json json = {
      {"program", plan.program},
      {"font", plan.font},
      {"model", plan.model},
      {"text_tokenizer", plan.text_tokenizer},
      {"text_bytes", plan.text_bytes},
      {"text_chars", plan.text_chars},
      {"text_tokens", plan.text_tokens},
      {"unknown_chars", plan.unknown_chars},
      {"exact", plan.exact},
  };
  if (plan.expected_accuracy) json["expected_accuracy"] = *plan.expected_accuracy;
  // A font's name may hold any bytes; JSON may not.
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string page_payload(std::uint32_t number, const QuirePage& page) {
  const QuirePageHead& head = page.head;
  QUIRE_CHECK(head.mode.size() <= kModeBytes);
  std::string bytes;
  put<std::uint32_t>(bytes, number);
  bytes.append(head.mode).append(kModeBytes - head.mode.size(), '\0');
  put<std::uint16_t>(bytes, static_cast<std::uint16_t>(head.layout.side));
  put<std::uint16_t>(bytes, static_cast<std::uint16_t>(head.layout.columns));
  put<std::uint16_t>(bytes, static_cast<std::uint16_t>(head.layout.rows_per_token));
  put<std::uint16_t>(bytes, head.fixed_pitch ? kFixedPitch : 0);
  put<std::uint32_t>(bytes, head.characters);
  return bytes.append(as_text(page.picture));
}

std::string tokens_payload(const QuireTokens& tokens) {
  std::string bytes;
  put<std::uint32_t>(bytes, tokens.rows);
  put<std::uint32_t>(bytes, tokens.width);
  put<std::uint32_t>(bytes, tokens.dtype == DType::kF16 ? kTokensF16 : kTokensF32);
  return bytes.append(as_text(tokens.values));
}

}  // namespace

std::string QuireEncoder::begin(const QuirePlan& plan) {
  std::string bytes(kQuireMagic);
  put<std::uint32_t>(bytes, kQuireVersion);
  put<std::uint32_t>(bytes, crc32(as_bytes(bytes)));
  return count(bytes + section(kPlanTag, plan_json(plan)));
}

std::string QuireEncoder::page(const QuirePage& page) {
  std::string bytes = section(kPageTag, page_payload(pages_++, page));
  if (page.tokens) bytes += section(kTokensTag, tokens_payload(*page.tokens));
  if (page.correction) bytes += section(kCorrectionTag, as_text(*page.correction));
  return count(std::move(bytes));
}

std::string QuireEncoder::finish() {
  std::string payload;
  put<std::uint64_t>(payload, bytes_ + kSectionHeadBytes + kEndBytes);
  put<std::uint32_t>(payload, pages_);
  return count(section(kEndTag, payload));
}

std::string QuireEncoder::count(std::string bytes) {
  bytes_ += bytes.size();
  return bytes;
}

}  // namespace quire
