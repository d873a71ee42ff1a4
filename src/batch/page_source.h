// What a pile is read from: documents that open and give their pages, read. The pile does not know
// what a PDF is or who reads; document_pages.h has the real ones, tests bring their own.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/status.h"
#include "document/read_document.h"

namespace quire {

// A document that is open. Its pages may be asked for by several threads at once.
class PageSource {
 public:
  virtual ~PageSource() = default;
  virtual int pages() const = 0;
  // Reads one page, from 1. An error is a page, or file, that cannot be turned into a picture; what
  // the model made of it, its errors too, is in the result. kTimeout: `seconds` have passed.
  virtual Result<PageResult> read(int page, double seconds) const = 0;
};

// Errors: the file is no document that can be read.
using OpenDocument = std::function<Result<std::shared_ptr<const PageSource>>(const std::string&)>;

}  // namespace quire
