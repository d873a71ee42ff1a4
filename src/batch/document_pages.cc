#include "batch/document_pages.h"

#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "base/clock.h"
#include "document/source.h"
#include "infer/budget.h"

namespace quire {
namespace {

// What a page says about itself must not depend on where its file lies.
std::string without_place(const Status& status, int page) {
  const std::string place = ", page " + std::to_string(page) + ": ";
  const std::size_t at = status.message().find(place);
  return at == std::string::npos ? status.message() : status.message().substr(at + place.size());
}

class DocumentPages : public PageSource {
 public:
  DocumentPages(std::unique_ptr<DocumentSource> source, const Reader& reader,
                const PageRules& rules)
      : source_(std::move(source)), reader_(reader), rules_(rules) {}

  int pages() const override { return source_->page_count(); }

  Result<PageResult> read(int page, double seconds) const override {
    const double begin = steady_seconds();
    std::optional<TextLayer> layer;
    if (rules_.layer != TextLayerUse::kIgnore) layer = layer_of(page);
    if (layer && layer->taken) {
      PageResult result;
      result.status = ReadStatus::kOk;
      result.page = page_of_layer(layer->text);
      result.layer = std::move(layer);
      result.load_seconds = steady_seconds() - begin;
      return result;
    }
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
    // Of a page that looks blank, too: a layer with words in it is then worth a look.
    if (rules_.layer == TextLayerUse::kCheck && layer->refused.empty() &&
        result.status != ReadStatus::kError) {
      layer->check = check_text_layer(result.page.markdown({}), layer->text);
    }
    result.layer = std::move(layer);
    return result;
  }

 private:
  // What the file says, and whether that is of use.
  TextLayer layer_of(int page) const {
    TextLayer layer;
    const Result<std::string> text = source_->text_layer(page);
    layer.refused = text ? unusable_layer(*text) : without_place(text.status(), page);
    if (text && text->size() <= 4 * kMostLayerCharacters) layer.text = *text;
    if (rules_.layer != TextLayerUse::kPrefer || !layer.refused.empty()) return layer;
    const Result<bool> scan = source_->is_scan(page);
    if (!scan) {
      layer.refused = without_place(scan.status(), page);
    } else if (*scan) {
      layer.refused = "the page is a scan, and its text layer another program's guess";
    }
    layer.taken = layer.refused.empty();
    return layer;
  }

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
