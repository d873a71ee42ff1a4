// A conversation on its way to another model, made shorter: what lies back more than a few rounds,
// and texts that are long, become pictures of pages, which cost that model a tenth of the tokens.
//
// - Only whole pages are folded; what does not fill one stays text. So a page, once there, never
//   changes while the conversation grows, and the upstream's prefix cache goes on hitting.
// - The last rounds stay as they are, and so does every message that is not text alone.
// - Strings that must stay exact (numbers, names, identifiers) are written out beside their pages:
//   a model that reads a letter of them wrong would not notice.
// - Where that saves nothing, nothing is changed, and the body goes on byte for byte.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "fold/plan.h"

namespace quire {

struct ConversationRules {
  PagePlan plan;                        // of the pages
  std::string font;                     // a face of fixed pitch
  std::size_t recent_rounds = 2;        // that stay text; a round begins with the user's words
  std::size_t long_text_tokens = 2000;  // from here on a single text is folded, recent or not
  // Of a text, as the upstream would count them.
  std::function<std::size_t(std::string_view text)> count_tokens = {};
  // The strings of a text that must stay exact.
  std::function<std::vector<std::string>(std::string_view text)> exact_strings = {};
};

// Words that are no words of a language: with a digit in them, or a sign or capital letter inside
// (addresses, paths, identifiers). Without the punctuation around them, each once.
std::vector<std::string> exact_words(std::string_view text);

struct ShorterConversation {
  std::string body;  // of the request
  std::size_t pages = 0;
  std::size_t text_tokens = 0;    // of what was folded
  std::size_t vision_tokens = 0;  // that stand for it, with separators
  std::size_t note_tokens = 0;    // of what is written beside the pages
  std::size_t saved() const { return text_tokens - vision_tokens - note_tokens; }
};

// Nothing: the body is no chat request, or there is nothing to gain. Error: the face is gone.
Result<std::optional<ShorterConversation>> shorten(std::string_view body,
                                                   const ConversationRules& rules);

}  // namespace quire
