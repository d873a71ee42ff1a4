#include "document/source.h"

#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/file.h"
#include "base/scratch_file.h"
#include "format/image_file.h"
#include "format/tiff.h"
#include "image/orientation.h"

namespace quire {
namespace {

constexpr std::size_t kMaxFile = std::size_t{1} << 30;

Status no_page(const std::string& path, int page, int count) {
  return not_found(path + ": there is no page " + std::to_string(page) + "; it has " +
                   std::to_string(count));
}

Result<SourcePage> upright(Result<DecodedImage> decoded, const std::string& where) {
  if (!decoded) return decoded.status().at(where);
  return SourcePage{apply_orientation(std::move(decoded->image), decoded->exif_orientation)};
}

class PdfSource : public DocumentSource {
 public:
  explicit PdfSource(Pdf pdf, std::optional<ScratchFile> copy = {})
      : copy_(std::move(copy)), pdf_(std::move(pdf)) {}

  std::string_view kind() const override { return "PDF"; }
  int page_count() const override { return pdf_.page_count(); }
  Result<SourcePage> page(int page) const override {
    Result<PdfPage> rendered = pdf_.page(page);
    if (!rendered) return named(rendered.status());
    return SourcePage{std::move(rendered->image), rendered->damaged};
  }
  Result<std::string> text_layer(int page) const override {
    Result<std::string> text = pdf_.text(page);
    if (!text) return named(text.status());
    return text;
  }
  Result<bool> is_scan(int page) const override {
    const Result<double> share = pdf_.picture_share(page);
    if (!share) return named(share.status());
    return *share > 0.5;
  }

 private:
  Status named(const Status& status) const { return copy_ ? copy_->named(status, "-") : status; }

  const std::optional<ScratchFile> copy_;  // of standard input
  const Pdf pdf_;
};

class TiffSource : public DocumentSource {
 public:
  TiffSource(std::string path, std::string bytes, std::vector<std::uint32_t> pages,
             const DecodeLimits& limits)
      : path_(std::move(path)),
        bytes_(std::move(bytes)),
        pages_(std::move(pages)),
        limits_(limits) {}

  std::string_view kind() const override { return "TIFF"; }
  int page_count() const override { return static_cast<int>(pages_.size()); }
  Result<SourcePage> page(int page) const override {
    if (page < 1 || page > page_count()) return no_page(path_, page, page_count());
    const std::uint32_t directory = pages_[static_cast<std::size_t>(page) - 1];
    return upright(decode_tiff_page(as_bytes(bytes_), directory, limits_),
                   path_ + ", page " + std::to_string(page));
  }

 private:
  const std::string path_, bytes_;
  const std::vector<std::uint32_t> pages_;
  const DecodeLimits limits_;
};

class PictureSource : public DocumentSource {
 public:
  PictureSource(std::string path, std::string bytes, std::string_view kind,
                const DecodeLimits& limits)
      : path_(std::move(path)), bytes_(std::move(bytes)), kind_(kind), limits_(limits) {}

  std::string_view kind() const override { return kind_; }
  int page_count() const override { return 1; }
  Result<SourcePage> page(int page) const override {
    if (page != 1) return no_page(path_, page, 1);
    return upright(decode_image(as_bytes(bytes_), limits_), path_);
  }

 private:
  const std::string path_, bytes_;
  const std::string_view kind_;
  const DecodeLimits limits_;
};

// Poppler wants a file that it can seek in.
Result<std::unique_ptr<DocumentSource>> pdf_from_stdin(const std::string& bytes,
                                                       const SourceOptions& options) {
  Result<ScratchFile> copy = ScratchFile::with(bytes);
  QUIRE_TRY(copy);
  Result<Pdf> pdf = Pdf::open(copy->path(), options.pdf);
  if (!pdf) return copy->named(pdf.status(), "-");
  return std::unique_ptr<DocumentSource>(new PdfSource(*std::move(pdf), *std::move(copy)));
}

Result<std::unique_ptr<DocumentSource>> open_tiff(const std::string& path, std::string bytes,
                                                  const SourceOptions& options) {
  Result<std::vector<std::uint32_t>> pages = tiff_pages(as_bytes(bytes));
  if (!pages) return pages.status().at(path);
  if (pages->empty()) return invalid(path + ": the TIFF has no pages");
  return std::unique_ptr<DocumentSource>(
      new TiffSource(path, std::move(bytes), *std::move(pages), options.picture));
}

}  // namespace

Result<std::unique_ptr<DocumentSource>> open_document(const std::string& path,
                                                      const SourceOptions& options) {
  if (path != "-") {
    const Result<bool> pdf = is_pdf(path);
    QUIRE_TRY(pdf);
    if (*pdf) {
      Result<Pdf> opened = Pdf::open(path, options.pdf);
      QUIRE_TRY(opened);
      return std::unique_ptr<DocumentSource>(new PdfSource(*std::move(opened)));
    }
  }
  Result<std::string> bytes = read_file(path, kMaxFile);
  QUIRE_TRY(bytes);
  if (path == "-" && looks_like_pdf(*bytes)) return pdf_from_stdin(*bytes, options);
  const std::string_view kind = picture_kind(as_bytes(*bytes));
  if (kind == "TIFF") return open_tiff(path, *std::move(bytes), options);
  if (kind.empty()) {
    return unsupported(path + (bytes->empty() ? ": the file is empty"
                                              : ": this is not a document that Quire reads (PDF, "
                                                "PNG, JPEG, WebP, TIFF)"));
  }
  return std::unique_ptr<DocumentSource>(
      new PictureSource(path, *std::move(bytes), kind, options.picture));
}

}  // namespace quire
