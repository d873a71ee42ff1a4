#include "batch/page_record.h"

#include <limits>
#include <nlohmann/json.hpp>

namespace quire {

nlohmann::ordered_json to_json(const PageRecord& record, nlohmann::ordered_json content,
                               nlohmann::ordered_json stages) {
  return {{"kind", "page"},
          {"document", record.document},
          {"stamp", record.stamp},
          {"page", record.page},
          {"status", to_string(record.status)},
          {"reason", record.reason},
          {"tries", record.tries},
          {"tokens", record.tokens},
          {"seconds", record.seconds},
          {"stages", std::move(stages)},
          {"time", record.time},
          {"content", std::move(content)}};
}

Result<PageRecord> page_record(const Json& record) {
  const auto document = get_string(record, "document"), stamp = get_string(record, "stamp"),
             status = get_string(record, "status"), reason = get_string(record, "reason");
  const auto page = get_int(record, "page", {}, {1, kMaxPages});
  const auto tries = get_int(record, "tries", {}, {0, 1000});
  const auto tokens = get_int(record, "tokens", {}, {0, std::numeric_limits<std::int64_t>::max()});
  const auto seconds = get_number(record, "seconds"), time = get_number(record, "time");
  for (const auto* text : {&document, &stamp, &status, &reason}) QUIRE_TRY(*text);
  for (const auto* number : {&page, &tries, &tokens}) QUIRE_TRY(*number);
  QUIRE_TRY(seconds);
  QUIRE_TRY(time);
  const std::optional<PageStatus> known = find_page_status(*status);
  if (!known) return invalid("there is no page status '" + *status + "'");
  return PageRecord{*document, *stamp,   static_cast<int>(*page),
                    *known,    *reason,  static_cast<int>(*tries),
                    *tokens,   *seconds, *time};
}

}  // namespace quire
