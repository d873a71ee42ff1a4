// The forms in which `quire read` gives pages out, one row each.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "document/read_document.h"

namespace quire {

// One page, or one prompt's pictures, and what was read.
struct ReadItem {
  std::vector<std::string> paths;
  int page = 1;  // of a document; its pages follow one another
  PageResult result;
  std::vector<std::string> links;  // of the figures that were saved
};

struct ReadFormat {
  std::string_view name, ending;  // "md", ".md"
  // The content of a file with these pages. Those that are errors are only in JSON.
  std::string (*write)(std::span<const ReadItem> items);
};

extern const std::span<const ReadFormat> kReadFormats;

// Null when there is none of that name.
const ReadFormat* find_read_format(std::string_view name);

// What --json prints.
std::string read_json_text(std::span<const ReadItem> items);

}  // namespace quire
