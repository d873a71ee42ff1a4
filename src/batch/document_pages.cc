#include "batch/document_pages.h"

#include <stop_token>
#include <utility>

#include "base/clock.h"
#include "document/source.h"
#include "infer/budget.h"

namespace quire {
namespace {

class DocumentPages : public PageSource {
 public:
  DocumentPages(std::unique_ptr<DocumentSource> source, const Reader& reader,
                const PageRules& rules)
      : source_(std::move(source)), reader_(reader), rules_(rules) {}

  int pages() const override { return source_->page_count(); }

  Result<PageResult> read(int page, double seconds) const override {
    const double begin = steady_seconds();
    Result<SourcePage> picture = source_->page(page);
    QUIRE_TRY(picture);
    PreparedPage prepared = prepare_page(std::move(picture->image), rules_.prepare);
    const double load_seconds = steady_seconds() - begin;
    ReadRequest request = rules_.request;
    request.cancel = Cancel(std::stop_token(), begin + seconds);
    if (rules_.budget > 0) {
      const Result<Mode> mode = mode_for_budget(rules_.budget, prepared.image.width,
                                                prepared.image.height, request.max_tiles);
      QUIRE_TRY(mode);
      request.mode = *mode;
    }
    const int turned = prepared.turned;
    PageResult result = read_prepared(std::move(prepared), [&](Image part) {
      return read_page(reader_, std::move(part), request, rules_.skip_blank);
    });
    if (result.status == ReadStatus::kError && request.cancel.asked()) {
      return Status(Code::kTimeout, "the page was given up after " +
                                        std::to_string(static_cast<int>(seconds)) + " s");
    }
    result.load_seconds = load_seconds;
    result.turned = turned;
    result.damaged = picture->damaged;
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
