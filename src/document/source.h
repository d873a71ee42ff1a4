// One document of any kind as pages, upright, one in memory at a time: a PDF, a TIFF of several
// pages, or a picture, which has one.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "document/pdf.h"
#include "format/decoded_image.h"

namespace quire {

struct SourceOptions {
  PdfOptions pdf = {};
  DecodeLimits picture = {};
};

struct SourcePage {
  Image image;
  bool damaged = false;  // the file has faults here, and parts may be missing
};

// Pages count from 1. Const methods may be called from any thread, several at once. Errors name
// file and page.
class DocumentSource {
 public:
  virtual ~DocumentSource() = default;

  virtual std::string_view kind() const = 0;  // "PDF", "TIFF", "PNG", "JPEG", "WebP"
  virtual int page_count() const = 0;
  virtual Result<SourcePage> page(int page) const = 0;
  // The text the file says stands on the page; "" where it says nothing, as pictures do.
  virtual Result<std::string> text_layer(int) const { return std::string(); }
  // Whether pictures cover more than half of the page: what its layer says is then another
  // program's guess.
  virtual Result<bool> is_scan(int) const { return true; }
};

// The kind is told by the first bytes. "-" is standard input. Of a picture file the bytes are kept
// (1 GiB at most), of a PDF nothing.
Result<std::unique_ptr<DocumentSource>> open_document(const std::string& path,
                                                      const SourceOptions& options = {});

}  // namespace quire
