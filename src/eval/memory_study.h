// What a memory that forgets keeps, measured on a life whose facts are known.
//
// Retention: the same leaves in every tier, read by the model: how much of the text comes back, how
// many facts, and what it costs.
//
// Budgets: one life of a year, asked about at its end under a budget of tokens, by the memory and
// by what else one could do with the same budget. A context keeps a fact when the answer stands in
// what a reader of it can read (pages as the model reads them), letter by letter, capitals aside.
// No language model judges anything. Contexts that take a question are built anew for each.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/status.h"
#include "eval/memory_life.h"
#include "eval/memory_score.h"
#include "fold/page_reader.h"
#include "memory/context.h"
#include "render/page.h"

namespace quire {

struct MemoryStudyOptions {
  std::size_t entries = 600;  // of the life
  std::vector<std::size_t> budgets = {500, 1000, 2000, 4000, 8000};
  std::size_t leaves = 16;     // for the retention, spread over the life; read in every tier
  std::size_t questions = 60;  // asked of the contexts that take one, of each kind at most half
  std::uint64_t seed = 1;
  std::string folder;  // where the stores lie while the study runs; must exist
};

struct MemoryStudyTools {
  Font* font = nullptr;
  PageReader reader;
  CountTokens count;
  std::string tokenizer;  // whose counts these are
  std::function<void(const std::string& what, std::size_t done, std::size_t total)> progress = {};
};

struct RetentionRow {
  std::string tier;
  double one_minus_ed = 0;  // mean over entries
  Kept page, with_facts;    // from the page alone, and with the fact sheets
  double confidence = 0;    // the model's own, mean
  double tokens = 0;        // for 1,000 letters, newlines and separators included
};

struct BudgetRow {
  std::string way;  // "memory", "newest text", ...
  bool asked = false;
  std::size_t budget = 0;
  double tokens = 0;  // mean over questions where asked
  Kept kept;          // gist: nothing where asked
};

// By age, without a budget: what the memory can still read of entries so old, fact sheets included.
struct AgeRow {
  double from = 0, to = 0;  // seconds
  std::size_t facts = 0;
  Kept memory;
};

struct MemoryStudy {
  std::vector<RetentionRow> retention;
  std::vector<BudgetRow> budgets;
  std::vector<AgeRow> ages;
  std::size_t entries = 0, leaves = 0, facts = 0;
  double text_tokens = 0;  // of the whole life
  std::string tokenizer;
  std::uint64_t seed = 0;
};

Result<MemoryStudy> run_memory_study(const TextFolder& texts, const MemoryStudyOptions& options,
                                     const MemoryStudyTools& tools);

}  // namespace quire
