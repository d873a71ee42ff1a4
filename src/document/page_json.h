// A page's result in JSON, as docs/read.md describes it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>

#include "document/read_document.h"

namespace quire {

// Links as in DocumentPage::markdown().
nlohmann::ordered_json page_json(const PageResult& result, std::span<const std::string> links);

}  // namespace quire
