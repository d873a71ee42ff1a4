// POST /v1/fold and /v1/unfold.
#include "fold/fold.h"
#include "base/bytes.h"

#include <nlohmann/json.hpp>

#include "fold/fold_bill.h"
#include "fold/folding.h"
#include "fold/unfold.h"
#include "fold/unfolded_json.h"
#include "format/png.h"
#include "serve/api_error.h"
#include "serve/handlers.h"
#include "text/base64.h"

namespace quire {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::string_view kQuireType = "application/x-quire";

struct Order {
  std::string text;
  FoldRequest request;
  bool exact = false, pictures = true;
};

Result<Order> parse_order(const HttpRequest& request, const ServeLimits& limits) {
  Order order;
  if (!request.header("Content-Type").starts_with("application/json")) {
    order.text = request.body;
    order.request.mode = request.query("mode").value_or("");
    return order;
  }
  const auto json =
      parse_json(request.body, {limits.body_bytes, limits.json_depth, limits.json_values});
  QUIRE_TRY(json);
  auto text = get_string(*json, "text");
  QUIRE_TRY(text);
  auto mode = get_string(*json, "mode", "");
  QUIRE_TRY(mode);
  const auto ratio = get_number(*json, "ratio", 0);
  QUIRE_TRY(ratio);
  if (!(*ratio >= 0 && *ratio <= 1000)) return invalid("ratio: from 0 (the best) to 1000");
  const auto exact = get_bool(*json, "exact", false);
  QUIRE_TRY(exact);
  const auto pictures = get_bool(*json, "pictures", true);
  QUIRE_TRY(pictures);
  order.text = *std::move(text);
  order.request.mode = *std::move(mode);
  order.request.ratio = *ratio;
  order.exact = *exact;
  order.pictures = *pictures;
  return order;
}

struct Folded {
  OrderedJson bill;
  std::string quire;
};

Result<Folded> fold_order(const Engine& engine, Order order, const Turn& turn) {
  auto text = check_text(std::move(order.text));
  QUIRE_TRY(text);
  auto folding = prepare_folding(*std::move(text), order.request, engine.reader, engine.directory);
  QUIRE_TRY(folding);
  if (count_pages(folding->text, folding->plan) > engine.limits.pages) {
    return over_limit("the text takes more than " + std::to_string(engine.limits.pages) +
                      " pages, the limit of one request");
  }
  Folded folded;
  std::vector<std::string> pictures;
  FoldSink sink;
  sink.write = [&](std::string_view bytes) -> Status {
    if (turn.cancel.asked()) return turn.cancel.status();
    folded.quire += bytes;
    return {};
  };
  sink.on_page = [&](const Page& page, std::size_t) -> Status {
    if (!order.pictures) return {};
    const auto png = encode_png(page.picture);
    QUIRE_TRY(png);
    pictures.push_back("data:image/png;base64," + encode_base64(as_bytes(*png)));
    return {};
  };
  FoldOptions options;
  options.exact = order.exact;
  options.program = engine.program;
  const auto bill = fold(*folding, PageReader::of_reader(turn.reader), options, sink);
  QUIRE_TRY(bill);
  folded.bill = bill_json({folding->text, folding->tokens, folding->plan, *bill, "",
                           folding->font.name(), engine.reader.fingerprint(), order.exact});
  folded.bill.erase("output");
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    folded.bill["pages"][i]["picture"] = std::move(pictures[i]);
  }
  return folded;
}

}  // namespace

void fold_a_text(Engine& engine, const Call& call) {
  auto order = parse_order(call.request, engine.limits);
  if (!order) return call.reply.send(bad_request(order.status()));
  Result<Folded> folded = internal("");
  const bool had_turn = engine.in_turn(
      call, [&](const Turn& turn) { folded = fold_order(engine, *std::move(order), turn); });
  if (!had_turn) return call.reply.send(too_busy());
  if (!folded) return call.reply.send(bad_request(folded.status()));
  engine.metrics.add("pages_folded", folded->bill["pages"].size());
  if (call.request.header("Accept") == kQuireType) {
    return call.reply.send({200, std::string(kQuireType), std::move(folded->quire)});
  }
  folded->bill["quire"] = encode_base64(as_bytes(folded->quire));
  call.reply.send(json_response(folded->bill));
}

void unfold_a_quire(Engine& engine, const Call& call) {
  const auto file = QuireFile::parse(as_bytes(call.request.body));
  if (!file) return call.reply.send(error_response(file.status()));
  if (file->pages().size() > engine.limits.pages) {
    return call.reply.send(
        error_response(over_limit("the file has more than " + std::to_string(engine.limits.pages) +
                                  " pages, the limit of one "
                                  "request")));
  }
  UnfoldOptions options;
  options.corrections = call.request.query("corrections").value_or("on") != "off";
  Result<Unfolded> unfolded = internal("");
  const bool had_turn = engine.in_turn(call, [&](const Turn& turn) {
    PageReader reader = PageReader::of_reader(turn.reader);
    reader.read = [&](const Tensor& tokens, const ReadOptions& given) -> Result<PageReading> {
      if (turn.cancel.asked()) return turn.cancel.status();
      ReadOptions with_cancel = given;
      with_cancel.cancel = turn.cancel;
      return turn.reader.read(tokens, with_cancel);
    };
    unfolded = unfold(*file, reader, options);
  });
  if (!had_turn) return call.reply.send(too_busy());
  if (!unfolded) return call.reply.send(error_response(unfolded.status()));
  engine.metrics.add("pages_read", unfolded->pages.size());
  call.reply.send(json_response(
      OrderedJson{{"text", unfolded->text()}, {"pages", unfolded_pages_json(*unfolded)}}));
}

}  // namespace quire
