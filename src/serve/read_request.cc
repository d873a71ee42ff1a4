#include "serve/read_request.h"

#include <charconv>
#include <functional>
#include <vector>

#include "serve/multipart.h"
#include "text/prompt.h"

namespace quire {
namespace {

constexpr std::string_view kFormats[] = {"json", "md", "text", "html"};

using Field = std::function<std::optional<std::string>(std::string_view name)>;

Result<std::int64_t> number(const Field& field, std::string_view name, std::int64_t fallback,
                            std::int64_t least, std::int64_t most) {
  const auto text = field(name);
  if (!text || text->empty()) return fallback;
  std::int64_t value = 0;
  const char* end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, value);
  if (error != std::errc() || stop != end || value < least || value > most) {
    return invalid(std::string(name) + ": a number from " + std::to_string(least) + " to " +
                   std::to_string(most) + " is wanted");
  }
  return value;
}

Result<bool> flag(const Field& field, std::string_view name) {
  const std::string text = field(name).value_or("");
  if (text.empty() || text == "off" || text == "0" || text == "false") return false;
  if (text == "on" || text == "1" || text == "true") return true;
  return invalid(std::string(name) + ": on or off is wanted");
}

Status read_question(const Field& field, UploadedDocument& document) {
  document.task = field("task").value_or("");
  if (document.task.empty()) document.task = "markdown";
  const TaskPrompt* task = find_task(document.task);
  if (task == nullptr) {
    std::string names;
    for (const TaskPrompt& row : kTaskPrompts) {
      names += (names.empty() ? "" : ", ") + std::string(row.task);
    }
    return invalid("task: one of " + names + " is wanted");
  }
  document.request.prompt = task->prompt;
  document.whole_page = task->whole_page;
  if (const std::string prompt = field("prompt").value_or(""); !prompt.empty()) {
    const bool placed = prompt.find(kImageMark) != std::string::npos;
    document.request.prompt = placed ? prompt : std::string(kImageMark) + "\n" + prompt;
    document.whole_page = false;
  }
  return {};
}

Status settings(const Field& field, const HttpRequest& request, const ServeLimits& limits,
                UploadedDocument& document) {
  if (const std::string mode = field("mode").value_or(""); !mode.empty()) {
    const auto found = find_mode(mode);
    QUIRE_TRY(found.status().at("mode"));
    document.request.mode = *found;
  }
  const auto most = static_cast<std::int64_t>(limits.tokens);
  const auto tokens = number(field, "max_tokens", most, 1, most);
  QUIRE_TRY(tokens);
  document.request.max_tokens = static_cast<std::size_t>(*tokens);
  const auto retries = number(field, "retries", kMaxRetries, 0, kMaxRetries);
  QUIRE_TRY(retries);
  document.request.retries = static_cast<int>(*retries);
  const auto stream = flag(field, "stream");
  QUIRE_TRY(stream);
  document.stream = *stream;
  const auto pictures = flag(field, "pictures");
  QUIRE_TRY(pictures);
  document.pictures = *pictures;

  document.format = field("format").value_or("");
  const std::string_view accept = request.header("Accept");
  if (document.format.empty()) {
    document.format = accept == "text/markdown" ? "md"
                      : accept == "text/plain"  ? "text"
                      : accept == "text/html"   ? "html"
                                                : "json";
  }
  for (const std::string_view format : kFormats) {
    if (document.format == format) return {};
  }
  return invalid("format: json, md, text or html is wanted");
}

}  // namespace

PageRules served_rules(const Turn& turn, ReadRequest request, bool whole_page) {
  if (turn.reader.reads_in_passes()) request.prompt.clear();
  request.cancel = turn.cancel;
  PageRules rules = rules_for(turn.reader, std::move(request), whole_page);
  rules.prepare.lay_small = false;
  return rules;
}

Result<UploadedDocument> parse_read_request(const HttpRequest& request, const ServeLimits& limits) {
  UploadedDocument document;
  std::vector<FormPart> parts;
  const std::string_view type = request.header("Content-Type");
  if (type.starts_with("multipart/form-data")) {
    auto form = parse_multipart(type, request.body);
    QUIRE_TRY(form);
    parts = *std::move(form);
    bool found = false;
    for (const FormPart& part : parts) {
      if (part.name != "file") continue;
      if (found) return unsupported("file: one document is read at a time");
      found = true;
      document.name = part.filename;
      document.bytes = part.bytes;
    }
    if (!found) return invalid("file: the form has no field of that name");
  } else {
    document.bytes = request.body;
    document.name = request.query("name").value_or("");
  }
  if (document.bytes.empty()) return invalid("the document is empty");
  if (document.name.empty()) document.name = "document";
  const Field field = [&](std::string_view name) -> std::optional<std::string> {
    for (const FormPart& part : parts) {
      if (part.name == name) return std::string(part.bytes);
    }
    return request.query(name);
  };
  QUIRE_TRY(read_question(field, document));
  QUIRE_TRY(settings(field, request, limits, document));
  return document;
}

}  // namespace quire
