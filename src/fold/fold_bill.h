// What a fold cost, for people and for scripts.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "fold/fold.h"
#include "fold/text_tokens.h"

namespace quire {

struct FoldSummary {
  const SourceText& text;
  const TextTokens& tokens;
  const PagePlan& plan;
  const FoldBill& bill;
  std::string output, font, model;
  bool exact = false;
};

std::string bill_text(const FoldSummary& summary);

// The fields of `quire fold --json`.
nlohmann::ordered_json bill_json(const FoldSummary& summary);

// Sentences about what will not come back as it was: unknown characters, tabs, carriage returns,
// and what the plan has to say. One a line; empty when there is nothing.
std::string bill_remarks(const FoldSummary& summary);

}  // namespace quire
