// The best context inside a budget of tokens: what just happened as text, what is older as pages.
//
// The rule. Text gets what it needs, in eighths of the budget and at most half of it; pages get the
// rest. Text is taken pinned entries first, then from the newest on; pages from the newest leaf on,
// each as sharp as it still is. Where the next leaf does not fit any more, lower tiers of it are
// tried, and so on with those behind it until not even the lowest fits. With a query, leaves that
// answer it come before newer ones. All is shown in the order of time, pages first.
//
// Why eighths: adding an entry seldom moves the line between the parts, and then no page changes,
// so a model that caches the beginning of its prompt goes on from there. Setting a new leaf pushes
// out the oldest; that is the one time when the beginning changes.
//
// Tokens are counted as the model that will read the context counts: text by its tokenizer, part by
// part; a page by what its side costs a DeepSeek-OCR decoder (tier.h); each message by
// kMessageTokens more.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "memory/memory.h"

namespace quire {

inline constexpr std::size_t kMessageTokens = 4;  // where a message begins, whose it is, its end

struct ContextOptions {
  std::size_t budget = 0;
  std::string query = {};  // "": by time alone
  bool pictures = true;    // false: pages as text, as the memory's own model reads them
  bool facts = true;       // the fact sheets of a page stand before it
};

using CountTokens = std::function<std::size_t(std::string_view text)>;

struct ContextPart {
  std::string text;
  std::string png;  // instead of the text
};
struct ContextMessage {
  std::string role;  // "system", "user" or "assistant"
  std::vector<ContextPart> parts;
};
struct ContextBill {
  std::int64_t id = 0;
  std::size_t tier = kTextTier;
  std::size_t tokens = 0;  // of a page, each entry bears its share by its letters
};
struct Context {
  std::size_t budget = 0, tokens = 0;
  std::vector<ContextBill> entries;      // of what is in it, in the order shown
  std::vector<ContextMessage> messages;  // the pages are one message, each text entry another
  std::size_t left_out = 0;              // entries that the budget did not buy
};

// Errors: those of the store, and of the model where it has to read.
Result<Context> build_context(Memory& memory, const ContextOptions& options,
                              const CountTokens& count);

}  // namespace quire
