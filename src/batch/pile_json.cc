#include "batch/pile_json.h"

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "batch/ledger.h"

namespace quire {
namespace {

using OrderedJson = nlohmann::ordered_json;

std::string dumped(const OrderedJson& json) {
  return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

OrderedJson summary_json(const PileSummary& summary) {
  OrderedJson statuses;
  for (std::size_t i = 0; i < kPageStatuses; ++i)
    statuses[kPageStatusNames[i]] = summary.statuses[i];
  return {{"documents", summary.documents},
          {"pages", summary.pages},
          {"statuses", std::move(statuses)},
          {"from_text_layer", summary.from_layer},
          {"compared_with_text_layer", summary.compared},
          {"differ_from_text_layer", summary.differ},
          {"read_now", summary.read_now},
          {"unread", summary.unread},
          {"stopped", summary.stopped}};
}

Result<std::string> page_text(const Ledger& ledger, const PageEntry& entry) {
  const Result<Json> kept = ledger.record(entry);
  QUIRE_TRY(kept);
  const Result<PageRecord> record = page_record(*kept);
  QUIRE_TRY(record);
  const Json* content = find_key(*kept, "content");
  OrderedJson page = output_page(*record, content != nullptr ? *content : Json());
  // What every page has, whatever became of it.
  for (const char* text : {"text", "markdown"}) {
    if (!page.contains(text)) page[text] = "";
  }
  if (!page.contains("boxes")) page["boxes"] = OrderedJson::array();
  if (!page.contains("vision_tokens")) page["vision_tokens"] = 0;
  const Json* stages = find_key(*kept, "stages");
  page["seconds"] = stages != nullptr ? OrderedJson(*stages) : OrderedJson::object();
  page["seconds"]["page"] = record->seconds;
  return dumped(page);
}

}  // namespace

Status write_pile_json(const std::string& path, const Manifest& manifest, const std::string& folder,
                       const Shard& shard, const PileSummary& summary) {
  Ledger ledger(journal_folder(folder));
  QUIRE_TRY(ledger.refresh());
  Result<FileWriter> file = FileWriter::create(path);
  QUIRE_TRY(file);
  QUIRE_TRY(file->append("{\"files\": ["));
  const char* divider = "\n";
  for (std::size_t i = 0; i < manifest.documents.size(); ++i) {
    if (!shard.takes(i)) continue;
    const Document& document = manifest.documents[i];
    const std::string head =
        dumped({{"path", document.path}, {"output", document.name}, {"key", document.key}});
    QUIRE_TRY(file->append(divider + head.substr(0, head.size() - 1) + ",\"pages\": ["));
    divider = ",\n";
    const char* page_divider = "\n  ";
    for (const PageEntry& entry : ledger.document(document.key, document.stamp).pages) {
      if (!entry.ended()) continue;
      const Result<std::string> page = page_text(ledger, entry);
      QUIRE_TRY(page);
      QUIRE_TRY(file->append(page_divider + *page));
      page_divider = ",\n  ";
    }
    QUIRE_TRY(file->append("]}"));
  }
  QUIRE_TRY(file->append("\n],\n\"summary\": " + dumped(summary_json(summary)) + "}\n"));
  return file->commit();
}

}  // namespace quire
