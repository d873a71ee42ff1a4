// A PDF as pages: how many there are, each as a picture, and the text the file says it holds.
// Poppler does the work, one child in a sandbox for each question (document/poppler.h); nothing of
// a page is kept here, so memory does not grow with the document.
//
// A page is what a reader would show: its crop box, turned as its /Rotate says.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "format/decoded_image.h"

namespace quire {

struct PdfOptions {
  double dpi = 144;  // as the vendor's PDF script takes them
  // A page that would have more pixels is rendered at fewer dpi, down to kMinPdfDpi.
  DecodeLimits picture = {.max_pixels = 64'000'000};
  double open_seconds = 60, page_seconds = 60;
};

// Below it nothing can be read: larger pages are refused. A page of 200 inches, the largest of the
// PDF 1.7 specification, still has 40.
inline constexpr double kMinPdfDpi = 18;
inline constexpr int kMaxPdfPages = 100'000;

struct PdfPageSize {
  double width = 0, height = 0;  // points, 1/72 inch, as shown
};

struct PdfPage {
  Image image;
  double dpi = 0;        // at which it was rendered
  bool damaged = false;  // Poppler complained: parts may be missing
};

// Pages count from 1. Const methods may be called from any thread, several at once.
class Pdf {
 public:
  // Errors, each with its sentence and the path in front: not there, not a PDF, locked, no pages,
  // cut short, a page count that is a lie, Poppler missing.
  static Result<Pdf> open(const std::string& path, const PdfOptions& options = {});

  int page_count() const { return static_cast<int>(sizes_.size()); }
  // 0 x 0 for a page that the page tree does not lead to.
  PdfPageSize page_size(int page) const;
  // The resolution that keeps the page inside the limits. Errors: no page of that number, a page
  // of no size, kLimit for one too large at kMinPdfDpi.
  Result<double> page_dpi(int page) const;

  Result<PdfPage> page(int page) const;

  // How much of the page its pictures cover, 0 to 1; what lies on top of one another counts twice.
  Result<double> picture_share(int page) const;

  // The text layer in reading order, UTF-8, lines as they stand on the page; "" when it has none.
  // Bytes that are not UTF-8 become U+FFFD. Refused above 16 MiB.
  Result<std::string> text(int page) const;

 private:
  Pdf() = default;
  Status about(int page, const Status& status) const;  // with path and page in front

  std::string path_;      // as it was given, for sentences
  std::string absolute_;  // for the child
  PdfOptions options_;
  std::vector<PdfPageSize> sizes_;
};

// Whether a file's beginning (1 KiB of it) is a PDF's; the path may be anything but standard input.
bool looks_like_pdf(std::string_view beginning);
Result<bool> is_pdf(const std::string& path);

}  // namespace quire
