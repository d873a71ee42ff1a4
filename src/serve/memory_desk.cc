#include "serve/memory_desk.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>

#include "fold/folding.h"
#include "fold/text_tokens.h"
#include "memory/context_json.h"
#include "memory/time_text.h"
#include "memory/timeline.h"
#include "serve/api_error.h"
#include "serve/handlers.h"

namespace quire {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr Seconds kFarFuture = 253'402'300'799;  // the last second of the year 9999

Seconds now() {
  using namespace std::chrono;
  return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

Result<Json> object_of(const Call& call) {
  auto json = parse_json(call.request.body.empty() ? "{}" : call.request.body,
                         {call.request.body.size() + 2, 8, 1000});
  QUIRE_TRY(json);
  if (!json->is_object()) return invalid("the body: a JSON object is wanted");
  return json;
}

// "at": when this is to have happened, seconds since 1970; without it, now.
Result<Seconds> moment(const Json& json) { return get_int(json, "at", now(), {0, kFarFuture}); }

OrderedJson entry_json(const Entry& entry, std::string_view tier) {
  OrderedJson json = {{"id", entry.id},
                      {"time", entry.time},
                      {"when", time_text(entry.time)},
                      {"role", entry.role},
                      {"topic", entry.topic},
                      {"tier", tier},
                      {"pinned", entry.pinned},
                      {"importance", entry.importance},
                      {"facts", entry.facts}};
  if (entry.text) {
    json["text"] = *entry.text;
  } else if (entry.reading) {
    json["text"] = *entry.reading;
    json["confidence"] = entry.confidence;
  }
  return json;
}

// Of a request with a body nothing can be missing but parts of the body.
void answer(const Call& call, const Result<OrderedJson>& json) {
  if (json) return call.reply.send(json_response(*json));
  const bool bad = call.request.method == "POST";
  call.reply.send(bad ? bad_request(json.status()) : error_response(json.status()));
}

}  // namespace

Result<std::unique_ptr<MemoryDesk>> MemoryDesk::open(const std::string& path,
                                                     const Engine& engine) {
  auto font = Font::open(kDefaultFace);
  QUIRE_TRY(font);
  std::unique_ptr<MemoryDesk> desk(
      new MemoryDesk(*std::move(font), token_counter(engine.reader.tokenizer(), engine.directory)));
  auto policy = find_policy("ladder");
  QUIRE_TRY(policy);
  MemoryTools tools;
  tools.font = &desk->font_;
  tools.reader = PageReader::of_reader(engine.reader);
  tools.policy = *std::move(policy);
  auto memory = Memory::open(path, std::move(tools), Database::Access::kCreate);
  QUIRE_TRY(memory);
  desk->memory_.emplace(*std::move(memory));
  return desk;
}

void MemoryDesk::list(const Call& call) {
  const std::lock_guard lock(mutex_);
  answer(call, [&]() -> Result<OrderedJson> {
    const auto entries = memory_->store().entries();
    QUIRE_TRY(entries);
    const auto leaves = memory_->store().leaves();
    QUIRE_TRY(leaves);
    const auto size = memory_->store().size();
    QUIRE_TRY(size);
    OrderedJson list = OrderedJson::array();
    for (const Entry& entry : *entries) {
      std::string tier(tier_name(kTextTier));
      for (const Leaf& leaf : *leaves) {
        if (entry.leaf && leaf.id == *entry.leaf) tier = leaf.tier;
      }
      list.push_back(entry_json(entry, tier));
    }
    return OrderedJson{{"entries", std::move(list)},
                       {"text_entries", size->text_entries},
                       {"leaves", size->leaves},
                       {"pages", size->pages},
                       {"now", now()}};
  }());
}

void MemoryDesk::add(const Call& call) {
  const auto json = object_of(call);
  answer(call, [&]() -> Result<OrderedJson> {
    QUIRE_TRY(json);
    NewEntry entry;
    auto text = get_string(*json, "text");
    QUIRE_TRY(text);
    auto role = get_string(*json, "role", "user");
    QUIRE_TRY(role);
    auto topic = get_string(*json, "topic", "");
    QUIRE_TRY(topic);
    const auto importance = get_number(*json, "importance", 0);
    QUIRE_TRY(importance);
    const auto pinned = get_bool(*json, "pinned", false);
    QUIRE_TRY(pinned);
    const auto archive = get_bool(*json, "archive", false);
    QUIRE_TRY(archive);
    const auto at = moment(*json);
    QUIRE_TRY(at);
    entry.text = *std::move(text);
    entry.role = *std::move(role);
    entry.topic = *std::move(topic);
    entry.importance = *importance;
    entry.pinned = *pinned;
    entry.archive = *archive;
    const std::lock_guard lock(mutex_);
    const auto ids = memory_->add(entry, *at);
    QUIRE_TRY(ids);
    return OrderedJson{{"ids", *ids}};
  }());
}

void MemoryDesk::recall(const Call& call) {
  const auto json = object_of(call);
  answer(call, [&]() -> Result<OrderedJson> {
    QUIRE_TRY(json);
    const auto query = get_string(*json, "query");
    QUIRE_TRY(query);
    const auto limit = get_int(*json, "limit", 5, {1, 100});
    QUIRE_TRY(limit);
    const auto at = moment(*json);
    QUIRE_TRY(at);
    const std::lock_guard lock(mutex_);
    const auto found = memory_->recall(*query, *at, static_cast<std::size_t>(*limit));
    QUIRE_TRY(found);
    OrderedJson entries = OrderedJson::array();
    for (const Recalled& each : *found) {
      OrderedJson entry = entry_json(each.entry, tier_name(each.tier));
      entry["text"] = each.text;
      entry["confidence"] = each.confidence;
      entry["score"] = each.score;
      entries.push_back(std::move(entry));
    }
    return OrderedJson{{"query", *query}, {"entries", std::move(entries)}};
  }());
}

void MemoryDesk::context(const Call& call) {
  const auto json = object_of(call);
  answer(call, [&]() -> Result<OrderedJson> {
    QUIRE_TRY(json);
    ContextOptions options;
    const auto budget = get_int(*json, "budget", {}, {1, 100'000'000});
    QUIRE_TRY(budget);
    auto query = get_string(*json, "query", "");
    QUIRE_TRY(query);
    const auto format = get_string(*json, "format", "openai");
    QUIRE_TRY(format);
    if (*format != "openai" && *format != "text") {
      return invalid("format: openai or text is wanted");
    }
    options.budget = static_cast<std::size_t>(*budget);
    options.query = *std::move(query);
    options.pictures = *format == "openai";
    const std::lock_guard lock(mutex_);
    const auto context = build_context(*memory_, options, count_);
    QUIRE_TRY(context);
    return context_json(*context);
  }());
}

void MemoryDesk::tick(const Call& call) {
  const auto json = object_of(call);
  answer(call, [&]() -> Result<OrderedJson> {
    QUIRE_TRY(json);
    const auto at = moment(*json);
    QUIRE_TRY(at);
    const std::lock_guard lock(mutex_);
    const auto report = memory_->tick(*at);
    QUIRE_TRY(report);
    return OrderedJson{{"set", report->set},
                       {"aged", report->aged},
                       {"forgotten", report->forgotten},
                       {"unknown_chars", report->unknown},
                       {"remark", report->remark}};
  }());
}

void MemoryDesk::timeline(const Call& call) {
  const auto number = [&](std::string_view name) -> std::int64_t {
    const std::string text = call.request.query(name).value_or("");
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return std::clamp<std::int64_t>(value, 0, kFarFuture);
  };
  TimelineOptions options;
  options.now = number("at") > 0 ? number("at") : now();
  options.budget = static_cast<std::size_t>(number("budget"));
  options.dark = call.request.query("theme").value_or("") == "dark";
  const std::lock_guard lock(mutex_);
  auto svg = draw_timeline(*memory_, options, count_);
  if (!svg) return call.reply.send(error_response(svg.status()));
  call.reply.send({200,
                   "image/svg+xml",
                   *std::move(svg),
                   {{"Content-Security-Policy",
                     "default-src 'none'; img-src data:; "
                     "style-src 'unsafe-inline'; sandbox"}}});
}

void MemoryDesk::forget(const Call& call) {
  std::int64_t id = 0;
  const auto [end, error] = std::from_chars(call.id.data(), call.id.data() + call.id.size(), id);
  answer(call, [&]() -> Result<OrderedJson> {
    if (error != std::errc() || end != call.id.data() + call.id.size()) {
      return not_found("there is no entry of that number");
    }
    const std::lock_guard lock(mutex_);
    QUIRE_TRY(memory_->forget(id));
    QUIRE_TRY(memory_->store().drop_traces());
    return OrderedJson{{"forgotten", id}};
  }());
}

}  // namespace quire
