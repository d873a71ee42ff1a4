#include "fold/source_text.h"

#include <algorithm>
#include <cstdio>

#include "base/file.h"
#include "render/page.h"
#include "text/unicode_class.h"
#include "text/utf8.h"

namespace quire {
namespace {

constexpr std::size_t kTabWidth = 4;  // as render/page.h draws it
constexpr std::size_t kExamples = 8;

// What stands at the front of some UTF-8, and as what it is drawn.
struct Step {
  std::size_t bytes = 0;   // taken from the source
  char32_t character = 0;  // drawn
  std::size_t count = 1;   // how often
};

Step step(std::string_view bytes) {
  const Utf8Step first = utf8_step(bytes);
  if (first.character == U'\t') return {1, U' ', kTabWidth};
  if (first.character == U'\r') return {bytes.substr(1, 1) == "\n" ? 2u : 1u, U'\n', 1};
  return {first.length, first.character, 1};
}

Status too_long() {
  return over_limit("more than " + std::to_string(kMaxTextBytes >> 20) +
                    " MiB of text; split it and fold the parts");
}

Status not_utf8(std::string_view bytes) {
  const std::size_t at = valid_prefix(bytes);
  char value[8];
  std::snprintf(value, sizeof value, "0x%02X", static_cast<unsigned char>(bytes[at]));
  return invalid("not UTF-8: byte " + std::string(value) + " at offset " + std::to_string(at) +
                 "; convert it first, for instance with iconv -f WINDOWS-1252 -t UTF-8");
}

}  // namespace

Result<SourceText> check_text(std::string bytes) {
  if (bytes.size() > kMaxTextBytes) return too_long();
  if (valid_prefix(bytes) < bytes.size()) return not_utf8(bytes);
  if (bytes.empty()) return invalid("the text is empty: there is nothing to fold");

  SourceText text;
  text.bytes = std::move(bytes);
  text.drawn.reserve(text.bytes.size());
  for (std::string_view rest = text.bytes; !rest.empty();) {
    const Step next = step(rest);
    text.chars += rest.starts_with("\r\n") ? 2 : 1;
    text.tabs += rest.front() == '\t';
    text.carriage_returns += rest.front() == '\r';
    rest.remove_prefix(next.bytes);
    text.drawn.append(next.count, next.character);
    if (!is_python_space(next.character)) ++text.visible;
  }
  if (text.visible == 0) return invalid("the text is only white space: there is nothing to fold");
  return text;
}

Status find_unknown(SourceText& text, const std::function<bool(char32_t)>& known) {
  for (const char32_t c : text.drawn) {
    // The mark that newlines are drawn as can not stand for itself too.
    if (c == U'\n' || (c != kBreakMark && known(c))) continue;
    ++text.unknown;
    auto& examples = text.unknown_examples;
    if (examples.size() < kExamples &&
        std::find(examples.begin(), examples.end(), c) == examples.end()) {
      examples.push_back(c);
    }
  }
  if (text.unknown <= text.visible / 2) return {};
  return unsupported("the model does not know this script: " + std::to_string(text.unknown) +
                     " of " + std::to_string(text.visible) +
                     " characters are unknown to it, such as " +
                     list_characters(text.unknown_examples));
}

Result<std::string> read_text(const std::string& path) {
  auto bytes = read_file(path, kMaxTextBytes);
  const std::string name = path == "-" ? "standard input" : path;
  if (!bytes && bytes.status().code() == Code::kLimit) return too_long().at(name);
  return bytes;
}

std::string list_characters(const std::vector<char32_t>& characters) {
  std::string list;
  for (const char32_t c : characters) {
    char number[16];
    std::snprintf(number, sizeof number, "U+%04X", static_cast<unsigned>(c));
    list += (list.empty() ? "" : ", ") + std::string(number);
    if (is_class(c, kLetter | kNumber | kPunctuation | kSymbol)) {
      list += " '";
      append_utf8(c, list);
      list += "'";
    }
  }
  return list;
}

std::string_view SourceCursor::take(std::size_t drawn) {
  std::size_t bytes = 0;
  while (ahead_ < drawn && bytes < rest_.size()) {
    const Step next = step(rest_.substr(bytes));
    bytes += next.bytes;
    ahead_ += next.count;
  }
  const std::string_view taken = rest_.substr(0, bytes);
  rest_.remove_prefix(bytes);
  ahead_ -= std::min(ahead_, drawn);
  return taken;
}

}  // namespace quire
