// Pages as one HTML file that can be opened from the disk: no scripts, nothing fetched but the
// figures beside it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "document/page.h"

namespace quire {

// One page as a <section>. Links as in DocumentPage::markdown().
std::string html_section(const DocumentPage& page, std::span<const std::string> links);

// A whole file around sections. The title is text.
std::string html_document(std::string_view title, std::span<const std::string> sections);

}  // namespace quire
