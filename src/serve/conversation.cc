#include "serve/conversation.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "base/bytes.h"
#include "fold/source_text.h"
#include "format/json.h"
#include "format/png.h"
#include "render/page.h"
#include "text/base64.h"
#include "text/utf8.h"

namespace quire {
namespace {

constexpr std::size_t kFewUnknown = 500;  // one in so many characters

// The text of a message that is nothing but text; nothing for any other.
std::optional<std::string> only_text(const Json& message) {
  if (!message.is_object() || !message.contains("role") || !message["role"].is_string()) return {};
  for (const auto& [key, value] : message.items()) {
    if (key != "role" && key != "content" && key != "name" && !value.is_null()) return {};
  }
  if (!message.contains("content")) return {};
  const Json& content = message["content"];
  if (content.is_string()) return content.get<std::string>();
  if (!content.is_array()) return {};
  std::string text;
  for (const Json& part : content) {
    if (!part.is_object() || part.value("type", Json()) != "text" || !part.contains("text") ||
        !part["text"].is_string()) {
      return {};
    }
    text += (text.empty() ? "" : "\n") + part["text"].get<std::string>();
  }
  return text;
}

Json text_part(std::string text) { return {{"type", "text"}, {"text", std::move(text)}}; }

class Shortener {
 public:
  Shortener(const ConversationRules& rules, Font font) : rules_(rules), font_(std::move(font)) {}

  Result<bool> run(Json& request) {
    const Json old = std::exchange(request["messages"], Json::array());
    Json& messages = request["messages"];
    const std::size_t recent = recent_begin(old);
    Json pending = Json::array();  // old messages of text, in a row
    for (std::size_t i = 0; i < old.size(); ++i) {
      const auto text = only_text(old[i]);
      const bool system = text && (old[i]["role"] == "system" || old[i]["role"] == "developer");
      if (i < recent && text && !system) {
        pending.push_back(old[i]);
        continue;
      }
      QUIRE_TRY(put(pending, messages));
      if (!text || rules_.count_tokens(*text) < rules_.long_text_tokens) {
        messages.push_back(old[i]);
        continue;
      }
      Json parts = Json::array();
      const auto folded = fold(*text, "The text begins on", parts);
      QUIRE_TRY(folded);
      messages.push_back(old[i]);
      // Instructions have to stay instructions, and few servers take pictures in that role: the
      // pages come from the user, and the role keeps what is left.
      if (*folded && system) {
        messages.back()["content"] = "Follow the instructions on the pages that come next.";
        messages.push_back({{"role", "user"}, {"content", std::move(parts)}});
      } else if (*folded) {
        messages.back()["content"] = std::move(parts);
      }
    }
    QUIRE_TRY(put(pending, messages));
    return done_.pages > 0;
  }

  ShorterConversation& done() { return done_; }

 private:
  // The first message of the last rounds; those behind the last user's words belong to its round.
  std::size_t recent_begin(const Json& messages) const {
    std::size_t rounds = 0;
    for (std::size_t i = messages.size(); i-- > 0;) {
      const bool user = messages[i].is_object() && messages[i].value("role", Json()) == "user";
      if (user && ++rounds >= std::max<std::size_t>(1, rules_.recent_rounds)) return i;
    }
    return 0;
  }

  // Old messages as one text of pages; as they were where that gains nothing.
  Status put(Json& pending, Json& messages) {
    std::string transcript;
    for (const Json& message : pending) {
      transcript += message["role"].get<std::string>() + ": " + *only_text(message) + "\n";
    }
    Json parts = Json::array();
    const auto folded = fold(transcript, "This conversation began on", parts);
    QUIRE_TRY(folded);
    if (*folded) pending = Json::array({{{"role", "user"}, {"content", std::move(parts)}}});
    for (Json& message : pending) messages.push_back(std::move(message));
    pending = Json::array();
    return {};
  }

  // Whole pages of the text, the note in front of them, and behind them what is left. False, and
  // nothing, when there is no whole page or too little to gain.
  Result<bool> fold(const std::string& text, const std::string& opening, Json& parts) {
    const auto source = check_text(text);
    if (!source) return false;  // nothing that could be drawn
    const auto capacity = static_cast<std::size_t>(rules_.plan.layout.capacity());
    if (source->drawn.size() < capacity) return false;
    auto rendering = render_text(source->drawn, rules_.plan.layout, font_);
    QUIRE_TRY(rendering);
    // Letters that the face lacks would be lost; a few in a long text are not worth its price.
    if (rendering->unknown_characters * kFewUnknown > source->drawn.size()) return false;
    std::vector<Page>& pages = rendering->pages;
    if (pages.back().glyphs.size() < capacity) pages.pop_back();
    const std::u32string_view drawn = source->drawn;
    const std::size_t end = pages.back().text_end;
    const std::string folded = encode_utf8(drawn.substr(0, end));
    const std::string rest = encode_utf8(drawn.substr(end));

    const std::string note = note_for(folded, opening, pages.size());
    const std::size_t text_tokens = rules_.count_tokens(folded);
    const std::size_t note_tokens = rules_.count_tokens(note);
    const std::size_t vision =
        pages.size() * static_cast<std::size_t>(rules_.plan.sequence_tokens());
    if (vision + note_tokens >= text_tokens) return false;

    parts.push_back(text_part(note));
    for (const Page& page : pages) {
      const auto png = encode_png(page.picture, PngEffort::kFast);
      QUIRE_TRY(png);
      parts.push_back(
          {{"type", "image_url"},
           {"image_url", {{"url", "data:image/png;base64," + encode_base64(as_bytes(*png))}}}});
    }
    if (!rest.empty()) parts.push_back(text_part(rest));
    done_.pages += pages.size();
    done_.text_tokens += text_tokens;
    done_.vision_tokens += vision;
    done_.note_tokens += note_tokens;
    return true;
  }

  std::string note_for(const std::string& text, const std::string& opening,
                       std::size_t pages) const {
    std::string note = opening + " the " + std::to_string(pages) +
                       (pages == 1 ? " page" : " pages") +
                       " shown here, in small letters, \u21B5 for a line end, and goes on behind " +
                       (pages == 1 ? "it." : "them.");
    std::set<std::string> seen;
    std::string list;
    for (std::string& exact : rules_.exact_strings(text)) {
      if (!seen.insert(exact).second) continue;
      list += (list.empty() ? "" : "; ") + exact;
    }
    if (!list.empty()) note += " Written out, because they must be exact: " + list;
    return note;
  }

  const ConversationRules& rules_;
  Font font_;
  ShorterConversation done_;
};

bool digit(char c) { return c >= '0' && c <= '9'; }
bool upper(char c) { return c >= 'A' && c <= 'Z'; }
bool lower(char c) { return c >= 'a' && c <= 'z'; }

bool must_be_exact(std::string_view word) {
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (digit(word[i])) return true;
    if (i == 0 || i + 1 == word.size()) continue;
    if (std::string_view("@_/\\.:").find(word[i]) != std::string_view::npos) return true;
    if (upper(word[i]) && lower(word[i - 1])) return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> exact_words(std::string_view text) {
  std::vector<std::string> words;
  std::set<std::string_view> seen;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find_first_of(" \n\t\r", begin), text.size());
    std::string_view word = text.substr(begin, end - begin);
    begin = end + 1;
    const std::size_t first = word.find_first_not_of("([{<\"'*,.;:!?");
    const std::size_t last = word.find_last_not_of(")]}>\"'*,.;:!?");
    if (first == std::string_view::npos || last < first) continue;
    word = word.substr(first, last - first + 1);
    if (must_be_exact(word) && seen.insert(word).second) words.emplace_back(word);
  }
  return words;
}

Result<std::optional<ShorterConversation>> shorten(std::string_view body,
                                                   const ConversationRules& rules) {
  auto parsed = parse_json(body);
  if (!parsed) return std::optional<ShorterConversation>();  // the upstream will say what is wrong
  Json& request = *parsed;
  if (!request.is_object() || !request.contains("messages") || !request["messages"].is_array()) {
    return std::optional<ShorterConversation>();
  }
  auto font = Font::open(rules.font);
  QUIRE_TRY(font);
  Shortener shortener(rules, *std::move(font));
  const auto gained = shortener.run(request);
  QUIRE_TRY(gained);
  if (!*gained) return std::optional<ShorterConversation>();
  ShorterConversation shorter = std::move(shortener.done());
  shorter.body = request.dump();
  return std::optional(std::move(shorter));
}

}  // namespace quire
