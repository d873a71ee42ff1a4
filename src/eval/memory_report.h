// What the memory study looks like: tables for people, JSON for scripts, pictures of the curves.
#pragma once

#include <string>

#include "eval/chart.h"
#include "eval/memory_study.h"
#include "format/json.h"

namespace quire {

// Three tables, and a sentence for every budget and kind of fact where something else kept more
// than the memory under the same terms (asked or not).
std::string to_table(const MemoryStudy& study);

// {"retention": [...], "budgets": [...], "ages": [...], "losses": [...], "entries", "leaves",
//  "facts", "text_tokens", "tokenizer", "seed"}
Json to_json(const MemoryStudy& study);

// What is kept against what it costs, a point for each tier.
Chart retention_chart(const MemoryStudy& study);

// Facts kept against the budget, a curve for each way.
enum class BudgetCurve { kExact, kPhrase };
Chart budget_chart(const MemoryStudy& study, BudgetCurve curve);

// The losses of to_table(), a sentence each.
std::vector<std::string> losses(const MemoryStudy& study);

}  // namespace quire
