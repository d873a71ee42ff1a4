// The folding proxy: chat requests go to an upstream, shortened where that saves tokens
// (serve/conversation.h); everything else under /v1 goes there as it came. Answers come back
// untouched.
#pragma once

#include "serve/conversation.h"
#include "serve/metrics.h"
#include "serve/router.h"
#include "serve/upstream.h"

namespace quire {

struct Proxy {
  Upstream upstream;
  bool folds = true;  // false: every byte goes through as it came
  ConversationRules rules;
};

// A client may switch folding off for one request with the header "X-Quire-Fold: off". The answer's
// X-Quire-Tokens-Saved and X-Quire-Pages tell what was done, where something was.
void forward_chat(const Proxy& proxy, Metrics& metrics, const Call& call);
void forward(const Proxy& proxy, Metrics& metrics, const Call& call);

}  // namespace quire
