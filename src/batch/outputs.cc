#include "batch/outputs.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "batch/flow_text.h"
#include "batch/page_content.h"
#include "batch/page_record.h"
#include "text/utf8.h"

namespace quire {
namespace {

namespace fs = std::filesystem;
using OrderedJson = nlohmann::ordered_json;

constexpr std::string_view kHexDigits = "0123456789ABCDEF";

std::string dumped(const OrderedJson& json) {
  return json.dump(2, ' ', false, OrderedJson::error_handler_t::replace);
}

// Page by page, so that a long document is never in memory as JSON.
class JsonFile {
 public:
  Status begin(const std::string& path, const std::string& scratch, const Document& document,
               std::size_t pages) {
    Result<FileWriter> file = FileWriter::create(path, scratch);
    QUIRE_TRY(file);
    file_.emplace(*std::move(file));
    std::string head = dumped({{"schema", "quire.document"},
                               {"version", 1},
                               {"path", readable_key(document.key)},
                               {"key", document.key},
                               {"page_count", pages}});
    head.resize(head.size() - 2);  // newline and brace
    return file_->append(head + ",\n  \"pages\": [");
  }

  Status page(const PageRecord& record, const Json& content) {
    const char* divider = first_ ? "\n" : ",\n";
    first_ = false;
    return file_->append(divider + dumped(output_page(record, content)));
  }

  Status end(const std::vector<PageFlow>& flows) {
    OrderedJson joined = OrderedJson::array();
    for (const PageFlow& flow : flows) {
      if (flow.begun) joined.push_back(flow.page);
    }
    QUIRE_TRY(file_->append("\n  ],\n  \"continued\": " + joined.dump() + "\n}\n"));
    return file_->commit();
  }

 private:
  std::optional<FileWriter> file_;
  bool first_ = true;
};

}  // namespace

std::string readable_key(std::string_view key) {
  std::string bytes;
  for (std::size_t i = 0; i < key.size(); ++i) {
    if (key[i] == '%' && i + 2 < key.size()) {
      bytes += static_cast<char>(kHexDigits.find(key[i + 1]) << 4 | kHexDigits.find(key[i + 2]));
      i += 2;
    } else {
      bytes += key[i];
    }
  }
  return repair_utf8(bytes);
}

OrderedJson output_page(const PageRecord& record, const Json& content) {
  OrderedJson json = {{"page", record.page}, {"status", to_string(record.status)}};
  if (!record.reason.empty()) json["reason"] = record.reason;
  json["tokens"] = record.tokens;
  if (content.is_object()) {
    for (const auto& [key, value] : content.items()) {
      if (key != "block_confidence") json[key] = value;
    }
  }
  return json;
}

const OutputFormat* find_output_format(std::string_view name) {
  for (const OutputFormat& row : kOutputFormats) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

std::string output_path(const std::string& folder, const Document& document,
                        const OutputFormat& format) {
  return (fs::path(folder) / (document.name + std::string(format.ending))).string();
}

Status write_outputs(const std::string& folder, const std::string& scratch,
                     const Document& document, std::span<const PagePlace> pages,
                     std::span<const OutputFormat> formats) {
  const fs::path parent = (fs::path(folder) / document.name).parent_path();
  std::error_code error;
  fs::create_directories(parent, error);
  if (error) return io_error(parent.string() + ": cannot be made: " + error.message());

  std::optional<JsonFile> json;
  for (const OutputFormat& format : formats) {
    if (format.name != "json") continue;
    json.emplace();
    QUIRE_TRY(json->begin(output_path(folder, document, format), scratch, document, pages.size()));
  }
  std::vector<PageFlow> flows;
  std::vector<PageNote> notes;
  for (const PagePlace& place : pages) {
    const Result<Json> kept = read_journal_record(place.journal, place.where);
    QUIRE_TRY(kept);
    const Result<PageRecord> record = page_record(*kept);
    QUIRE_TRY(record);
    const Json* found = find_key(*kept, "content");
    const Json content = found != nullptr ? *found : Json();
    if (json) QUIRE_TRY(json->page(*record, content));
    const KeptPage page = kept_page(content);
    flows.push_back(
        {record->page, record->status == PageStatus::kOk, false, flow(page.page, page.links)});
    notes.push_back({record->status, record->reason, record->source == kFromLayer});
  }
  join_pages(flows);
  for (const OutputFormat& format : formats) {
    const std::string path = output_path(folder, document, format);
    if (format.name == "json") QUIRE_TRY(json->end(flows));
    if (format.name == "md") QUIRE_TRY(write_file(path, flow_markdown(flows, notes), scratch));
    if (format.name == "text") QUIRE_TRY(write_file(path, flow_text(flows, notes), scratch));
    if (format.name == "html")
      QUIRE_TRY(write_file(path, flow_html(flows, notes, readable_key(document.key)), scratch));
  }
  return {};
}

}  // namespace quire
