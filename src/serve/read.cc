// POST /v1/read: a document to Markdown, text, JSON or HTML, page by page.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/scratch_file.h"
#include "document/html.h"
#include "document/page_json.h"
#include "document/safe_html.h"
#include "document/source.h"
#include "format/png.h"
#include "image/resize.h"
#include "serve/api_error.h"
#include "serve/handlers.h"
#include "serve/read_request.h"
#include "text/base64.h"

namespace quire {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr int kShownSide = 1600;  // pixels: of the picture that goes back with a page

// A page that tells at most so many times how far it is; each costs an event.
constexpr std::size_t kTokensBetweenEvents = 16;

std::string event(std::string_view name, const OrderedJson& json) {
  return "event: " + std::string(name) +
         "\ndata: " + json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n\n";
}

Result<std::string> shown_picture(const Image& picture) {
  const int longest = std::max(picture.width, picture.height);
  const auto side = [&](int pixels) {
    return longest <= kShownSide ? pixels : std::max(1, pixels * kShownSide / longest);
  };
  const auto png = encode_png(
      longest <= kShownSide ? picture
                            : resize_bicubic(picture, side(picture.width), side(picture.height)),
      PngEffort::kFast);
  QUIRE_TRY(png);
  return "data:image/png;base64," + encode_base64(as_bytes(*png));
}

// The blocks with their words as HTML, for a page that shows boxes and words side by side.
OrderedJson blocks_json(const DocumentPage& page) {
  OrderedJson blocks = OrderedJson::array();
  for (const Block& block : page.blocks) {
    OrderedJson boxes = OrderedJson::array();
    for (const PixelBox& box : block.boxes) {
      boxes.push_back({box.left, box.top, box.right, box.bottom});
    }
    blocks.push_back({{"label", block.label},
                      {"boxes", std::move(boxes)},
                      {"html", safe_html(block.text)},
                      {"confidence", block.confidence}});
  }
  return blocks;
}

class Reading {
 public:
  Reading(Engine& engine, const Call& call, UploadedDocument document)
      : engine_(engine), call_(call), document_(std::move(document)) {}

  Status run() {
    auto scratch = ScratchFile::with(document_.bytes);
    QUIRE_TRY(scratch);
    const std::string path = scratch->path();
    const auto named = [&](const Status& status) { return scratch->named(status, document_.name); };
    SourceOptions options;
    options.picture.max_pixels = engine_.limits.picture_pixels;
    const auto source = open_document(path, options);
    if (!source) return named(source.status());
    const auto count = static_cast<std::size_t>((*source)->page_count());
    if (count > engine_.limits.pages) {
      return over_limit(document_.name + ": " + std::to_string(count) +
                        " pages; the limit of one "
                        "request is " +
                        std::to_string(engine_.limits.pages) + ", and POST /v1/jobs takes more");
    }
    if (document_.stream) {
      call_.reply.begin(
          {200, "text/event-stream", event("begin", {{"name", document_.name}, {"pages", count}})});
    }
    for (std::size_t page = 1; page <= count && !call_.reply.gone(); ++page) {
      QUIRE_TRY(named(read_one(**source, static_cast<int>(page), *scratch)));
    }
    finish();
    return {};
  }

  bool busy() const { return busy_; }

 private:
  Status read_one(const DocumentSource& source, int page, const ScratchFile& scratch) {
    PageResult result;
    Status broken;
    const bool had_turn = engine_.in_turn(call_, [&](const Turn& turn) {
      PageRules rules = served_rules(turn, document_.request, document_.whole_page);
      rules.request.on_progress = [&](const ReadProgress& now) { tell(page, now); };
      auto read = read_source_page(source, page, turn.reader, rules);
      if (read) {
        result = *std::move(read);
      } else {
        broken = scratch.named(read.status(), document_.name);
        result.problem = broken.message();
      }
    });
    if (!had_turn) {
      busy_ = true;
      return over_limit("the server has as much to do as it takes");
    }
    if (!broken.ok() && source.page_count() == 1 && !document_.stream) return broken;
    OrderedJson json = page_json(result, {});
    json["page"] = page;
    engine_.metrics.add("pages_read", 1);
    engine_.metrics.add("vision_tokens", result.reading.vision_tokens);
    if (document_.stream || document_.format == "json") {
      json["blocks"] = blocks_json(result.page);
      if (document_.pictures && result.picture.width > 0) {
        auto picture = shown_picture(result.picture);
        QUIRE_TRY(picture);
        json["picture"] = *std::move(picture);
      }
    }
    if (document_.stream) {
      call_.reply.write(event("page", json));
    } else {
      sections_.push_back(html_section(result.page, {}));
      pages_.push_back(std::move(json));
    }
    return {};
  }

  void tell(int page, const ReadProgress& now) {
    if (!document_.stream || now.tokens % kTokensBetweenEvents != 0) return;
    call_.reply.push(event(
        "progress",
        {{"page", page}, {"attempt", now.attempt}, {"views", now.views}, {"tokens", now.tokens}}));
  }

  void finish() {
    if (document_.stream) {
      call_.reply.write(event("done", OrderedJson::object()));
      return call_.reply.end();
    }
    if (document_.format == "html") {
      return call_.reply.send({200,
                               "text/html; charset=utf-8",
                               html_document(document_.name, sections_),
                               {{"Content-Security-Policy",
                                 "sandbox; default-src 'none'; "
                                 "style-src 'unsafe-inline'"}}});
    }
    if (document_.format == "json") {
      return call_.reply.send(
          json_response({{"files", {{{"path", document_.name}, {"pages", std::move(pages_)}}}}}));
    }
    std::string text;
    for (const OrderedJson& page : pages_) {
      if (!text.empty()) text += '\n';
      text += page[document_.format == "md" ? "markdown" : "text"].get<std::string>() + '\n';
    }
    call_.reply.send(
        {200,
         document_.format == "md" ? "text/markdown; charset=utf-8" : "text/plain; charset=utf-8",
         std::move(text)});
  }

  Engine& engine_;
  const Call& call_;
  UploadedDocument document_;
  std::vector<OrderedJson> pages_;
  std::vector<std::string> sections_;
  bool busy_ = false;
};

}  // namespace

void read_a_document(Engine& engine, const Call& call) {
  auto document = parse_read_request(call.request, engine.limits);
  if (!document) return call.reply.send(bad_request(document.status()));
  const bool streamed = document->stream;
  Reading reading(engine, call, *std::move(document));
  const Status status = reading.run();
  if (status.ok()) return;
  // An answer that has begun can only be told.
  call.reply.send(reading.busy() ? too_busy() : error_response(status));
  if (streamed) call.reply.write("event: error\ndata: " + error_json(status) + "\n\n");
  call.reply.end();
}

}  // namespace quire
