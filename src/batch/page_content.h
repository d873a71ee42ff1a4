// What a page's outputs are made of, as it stands in the journal: all that was read, and nothing
// that would differ if it were read again, like seconds.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "document/page.h"
#include "document/read_document.h"
#include "format/json.h"

namespace quire {

// page_json() of document/page_json.h without its status and seconds, and "block_confidence", one
// number for each block of the page. Links as in DocumentPage::markdown().
nlohmann::ordered_json page_content(const PageResult& result, std::span<const std::string> links);

struct KeptPage {
  DocumentPage page;
  std::vector<std::string> links;
};

// Content back to its page; empty for a page that has none.
KeptPage kept_page(const Json& content);

}  // namespace quire
