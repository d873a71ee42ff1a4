// The files a document ends in, made of the journal's records once all its pages have ended. They
// depend on the pages alone: not on who read them when, in what order, or how often it was
// interrupted. Each is written whole or not at all.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "batch/journal.h"
#include "batch/manifest.h"
#include "batch/page_record.h"

namespace quire {

// Where the record of a page is.
struct PagePlace {
  std::string journal;
  JournalSpan where;
};

struct OutputFormat {
  std::string_view name, ending;  // "md", ".md"
};
inline constexpr OutputFormat kOutputFormats[] = {
    {"md", ".md"}, {"html", ".html"}, {"json", ".json"}, {"text", ".txt"}};

// Null when there is none of that name.
const OutputFormat* find_output_format(std::string_view name);

// FOLDER/NAME.md and so on.
std::string output_path(const std::string& folder, const Document& document,
                        const OutputFormat& format);

// A page as it stands in the JSON.
nlohmann::ordered_json output_page(const PageRecord& record, const Json& content);
// A key back to the path it was made of, as text.
std::string readable_key(std::string_view key);

// All formats of one document; `scratch` as write_file() takes it. `pages` are all its pages in
// order. The JSON is described in docs/pile.md ("quire.document", version 1). Errors: a record that
// cannot be read again, a file that cannot be written.
Status write_outputs(const std::string& folder, const std::string& scratch,
                     const Document& document, std::span<const PagePlace> pages,
                     std::span<const OutputFormat> formats);

}  // namespace quire
