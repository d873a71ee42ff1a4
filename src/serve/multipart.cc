#include "serve/multipart.h"

#include <algorithm>
#include <optional>

#include "serve/http.h"
#include "text/strip.h"

namespace quire {
namespace {

// The value of a parameter in `form-data; name="a"; filename="b.png"`.
std::optional<std::string> parameter(std::string_view field, std::string_view name) {
  while (true) {
    const std::size_t semicolon = field.find(';');
    if (semicolon == std::string_view::npos) return {};
    field = strip(field.substr(semicolon + 1));
    const std::size_t equals = field.find('=');
    if (equals == std::string_view::npos) continue;
    const bool wanted = same_name(strip(field.substr(0, equals)), name);
    std::string_view rest = field.substr(equals + 1);
    std::string value;
    if (rest.starts_with('"')) {
      std::size_t i = 1;
      for (; i < rest.size() && rest[i] != '"'; ++i) {
        if (rest[i] == '\\' && i + 1 < rest.size() && rest[i + 1] == '"') ++i;
        value += rest[i];
      }
      field = rest.substr(std::min(i, rest.size()));
    } else {
      value = strip(rest.substr(0, rest.find(';')));
      field = rest;
    }
    if (wanted) return value;
  }
}

Result<FormPart> parse_part(std::string_view head, std::string_view bytes) {
  FormPart part;
  part.bytes = bytes;
  bool named = false;
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(std::min(head.size(), line.size() + 2));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos ||
        !same_name(strip(line.substr(0, colon)), "content-disposition")) {
      continue;
    }
    const std::string_view field = line.substr(colon + 1);
    const auto name = parameter(field, "name");
    named = name.has_value();
    part.name = name.value_or("");
    part.filename = parameter(field, "filename").value_or("");
  }
  if (!named) return invalid("a part of the form has no name");
  return part;
}

}  // namespace

Result<std::vector<FormPart>> parse_multipart(std::string_view type, std::string_view body) {
  const auto boundary = parameter(type, "boundary");
  if (!boundary || boundary->empty() || boundary->size() > 70) {
    return invalid("a form is sent as multipart/form-data with a boundary of 1 to 70 characters");
  }
  const std::string mark = "--" + *boundary;
  std::vector<FormPart> parts;
  if (!body.starts_with(mark)) return invalid("the form does not begin with its boundary");
  body.remove_prefix(mark.size());
  while (!body.starts_with("--")) {
    if (!body.starts_with("\r\n")) return invalid("the form is broken behind a boundary");
    if (parts.size() == kMaxFormParts) {
      return over_limit("the form has more than " + std::to_string(kMaxFormParts) + " parts");
    }
    const std::size_t head = body.find("\r\n\r\n");
    const std::size_t begin = head + 4;
    const std::size_t end = head == std::string_view::npos ? head : body.find("\r\n" + mark, begin);
    if (end == std::string_view::npos) return invalid("the form has no end");
    // A part without any header has the two line ends alone.
    auto part =
        parse_part(head < 2 ? "" : body.substr(2, head - 2), body.substr(begin, end - begin));
    QUIRE_TRY(part);
    parts.push_back(*std::move(part));
    body.remove_prefix(end + 2 + mark.size());
  }
  return parts;
}

}  // namespace quire
