#include "batch/page_record.h"

#include <limits>
#include <nlohmann/json.hpp>

namespace quire {

nlohmann::ordered_json to_json(const PageRecord& record, nlohmann::ordered_json content,
                               nlohmann::ordered_json stages) {
  nlohmann::ordered_json json = {{"kind", "page"},
                                 {"document", record.document},
                                 {"stamp", record.stamp},
                                 {"page", record.page},
                                 {"status", to_string(record.status)},
                                 {"reason", record.reason},
                                 {"tries", record.tries},
                                 {"tokens", record.tokens},
                                 {"seconds", record.seconds},
                                 {"source", record.source}};
  if (record.round > 0) json["round"] = record.round;
  if (record.agreement >= 0) json["agreement"] = record.agreement;
  json["stages"] = std::move(stages);
  json["time"] = record.time;
  json["content"] = std::move(content);
  return json;
}

Result<PageRecord> page_record(const Json& record) {
  const auto document = get_string(record, "document"), stamp = get_string(record, "stamp"),
             status = get_string(record, "status"), reason = get_string(record, "reason");
  const auto page = get_int(record, "page", {}, {1, kMaxPages});
  const auto tries = get_int(record, "tries", {}, {0, 1000});
  const auto round = get_int(record, "round", 0, {0, kMaxRounds});
  const auto tokens = get_int(record, "tokens", {}, {0, std::numeric_limits<std::int64_t>::max()});
  const auto seconds = get_number(record, "seconds"), time = get_number(record, "time"),
             agreement = get_number(record, "agreement", -1);
  const auto source = get_string(record, "source", "");
  for (const auto* text : {&document, &stamp, &status, &reason, &source}) QUIRE_TRY(*text);
  for (const auto* number : {&page, &tries, &tokens, &round}) QUIRE_TRY(*number);
  for (const auto* number : {&seconds, &time, &agreement}) QUIRE_TRY(*number);
  const std::optional<PageStatus> known = find_page_status(*status);
  if (!known) return invalid("there is no page status '" + *status + "'");
  return PageRecord{*document, *stamp,     static_cast<int>(*page),
                    *known,    *reason,    static_cast<int>(*tries),
                    *tokens,   *seconds,   *time,
                    *source,   *agreement, static_cast<int>(*round)};
}

}  // namespace quire
