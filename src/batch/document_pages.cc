#include "batch/document_pages.h"

#include <stop_token>
#include <string>
#include <utility>

#include "base/clock.h"
#include "document/source.h"

namespace quire {
namespace {

class DocumentPages : public PageSource {
 public:
  DocumentPages(std::unique_ptr<DocumentSource> source, const Reader& reader,
                const PageRules& rules)
      : source_(std::move(source)), reader_(reader), rules_(rules) {}

  int pages() const override { return source_->page_count(); }

  Result<PageResult> read(int page, double seconds) const override {
    PageRules rules = rules_;
    rules.request.cancel = Cancel(std::stop_token(), steady_seconds() + seconds);
    Result<PageResult> result = read_source_page(*source_, page, reader_, rules);
    if (result && result->status == ReadStatus::kError && rules.request.cancel.asked()) {
      return Status(Code::kTimeout, "the page was given up after " +
                                        std::to_string(static_cast<int>(seconds)) + " s");
    }
    return result;
  }

 private:
  const std::unique_ptr<DocumentSource> source_;
  const Reader& reader_;
  const PageRules rules_;
};

}  // namespace

OpenDocument open_with(const Reader& reader, const PageRules& rules) {
  return [&reader, rules](const std::string& path) -> Result<std::shared_ptr<const PageSource>> {
    Result<std::unique_ptr<DocumentSource>> source = open_document(path);
    QUIRE_TRY(source);
    return std::shared_ptr<const PageSource>(
        std::make_shared<DocumentPages>(*std::move(source), reader, rules));
  };
}

}  // namespace quire
