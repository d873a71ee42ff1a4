// Unfolding: a .quire back to text, page by page. A page that fails says so and leaves the others
// alone.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/status.h"
#include "fold/page_reader.h"
#include "fold/quire_file.h"

namespace quire {

struct UnfoldOptions {
  bool corrections = true;                                   // apply those the file has
  std::function<void(std::size_t pages_done)> on_page = {};  // may be empty
};

struct UnfoldedPage {
  std::string text;
  std::size_t tokens = 0;  // that the model generated
  ReadStatus status = ReadStatus::kOk;
  bool exact = false;   // a correction was applied, and its checksum holds
  std::string problem;  // a sentence, when status is neither kOk nor kEmpty
};

struct Unfolded {
  std::vector<UnfoldedPage> pages;

  std::string text() const;  // the pages, one behind the other
  bool ok() const;           // every page is
};

// Errors: only when nothing can be read, as when corrections are to be applied and the file was
// folded with another model. What goes wrong on a page stands in that page.
Result<Unfolded> unfold(const QuireFile& file, const PageReader& reader,
                        const UnfoldOptions& options = {});

}  // namespace quire
