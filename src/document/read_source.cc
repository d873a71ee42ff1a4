#include "document/read_source.h"

#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "infer/budget.h"

namespace quire {
namespace {

// What a page says about itself must not depend on where its file lies.
std::string without_place(const Status& status, int page) {
  const std::string place = ", page " + std::to_string(page) + ": ";
  const std::size_t at = status.message().find(place);
  return at == std::string::npos ? status.message() : status.message().substr(at + place.size());
}

// What the file says, and whether that is of use.
TextLayer layer_of(const DocumentSource& source, int page, TextLayerUse use) {
  TextLayer layer;
  const Result<std::string> text = source.text_layer(page);
  layer.refused = text ? unusable_layer(*text) : without_place(text.status(), page);
  if (text && text->size() <= 4 * kMostLayerCharacters) layer.text = *text;
  if (use != TextLayerUse::kPrefer || !layer.refused.empty()) return layer;
  const Result<bool> scan = source.is_scan(page);
  if (!scan) {
    layer.refused = without_place(scan.status(), page);
  } else if (*scan) {
    layer.refused = "the page is a scan, and its text layer another program's guess";
  }
  layer.taken = layer.refused.empty();
  return layer;
}

Result<PageResult> read_picture(const DocumentSource& source, int page, const Reader& reader,
                                const PageRules& rules, double begin) {
  Result<SourcePage> picture = source.page(page);
  QUIRE_TRY(picture);
  PreparedPage prepared = prepare_page(std::move(picture->image), rules.prepare);
  const double load_seconds = steady_seconds() - begin;
  ReadRequest request = rules.request;
  if (rules.budget > 0) {
    const Result<Mode> mode = mode_for_budget(rules.budget, prepared.image.width,
                                              prepared.image.height, request.max_tiles);
    QUIRE_TRY(mode);
    request.mode = *mode;
  }
  const int turned = prepared.turned;
  PageResult result = read_prepared(std::move(prepared), [&](Image part) {
    return read_page(reader, std::move(part), request, rules.skip_blank);
  });
  result.load_seconds = load_seconds;
  result.turned = turned;
  result.damaged = picture->damaged;
  return result;
}

}  // namespace

PageRules rules_for(const Reader& reader, ReadRequest request, bool whole_page) {
  PageRules rules;
  rules.request = std::move(request);
  rules.skip_blank = whole_page;
  if (reader.reads_in_passes() || !whole_page) {
    rules.prepare = {.turn = false, .split = false, .lay_small = false};
  }
  return rules;
}

Result<PageResult> read_source_page(const DocumentSource& source, int page, const Reader& reader,
                                    const PageRules& rules) {
  const double begin = steady_seconds();
  if (rules.layer == TextLayerUse::kIgnore) return read_picture(source, page, reader, rules, begin);
  TextLayer layer = layer_of(source, page, rules.layer);
  if (layer.taken) {
    PageResult result;
    result.status = ReadStatus::kOk;
    result.page = page_of_layer(layer.text);
    result.layer = std::move(layer);
    result.load_seconds = steady_seconds() - begin;
    return result;
  }
  Result<PageResult> result = read_picture(source, page, reader, rules, begin);
  QUIRE_TRY(result);
  // Of a page that looks blank, too: a layer with words in it is then worth a look.
  if (rules.layer == TextLayerUse::kCheck && layer.refused.empty() &&
      result->status != ReadStatus::kError) {
    layer.check = check_text_layer(result->page.markdown({}), layer.text);
  }
  result->layer = std::move(layer);
  return result;
}

}  // namespace quire
