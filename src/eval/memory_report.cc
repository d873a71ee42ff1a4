#include "eval/memory_report.h"

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "memory/time_text.h"

namespace quire {
namespace {

std::string format(const char* pattern, auto... values) {
  char text[256];
  std::snprintf(text, sizeof text, pattern, values...);
  return text;
}

Json kept_json(const Kept& kept) {
  return {{"exact", kept.exact}, {"phrase", kept.phrase}, {"gist", kept.gist}};
}

bool is_memory(const BudgetRow& row) { return row.way == "memory" || row.way == "memory, asked"; }

}  // namespace

std::vector<std::string> losses(const MemoryStudy& study) {
  std::vector<std::string> sentences;
  for (const BudgetRow& memory : study.budgets) {
    if (!is_memory(memory)) continue;
    for (const BudgetRow& other : study.budgets) {
      if (other.budget != memory.budget || other.asked != memory.asked || is_memory(other))
        continue;
      if (other.way == "memory without fact sheets") continue;
      const auto compare = [&](const char* what, double ours, double theirs) {
        if (theirs <= ours) return;
        sentences.push_back(format("%zu tokens: %s keeps %.1f%% of %s, %s %.1f%%", memory.budget,
                                   other.way.c_str(), 100 * theirs, what, memory.way.c_str(),
                                   100 * ours));
      };
      compare("the exact facts", memory.kept.exact, other.kept.exact);
      compare("the phrases", memory.kept.phrase, other.kept.phrase);
      if (!memory.asked) compare("the long words", memory.kept.gist, other.kept.gist);
    }
  }
  return sentences;
}

std::string to_table(const MemoryStudy& study) {
  std::string text =
      format("%zu entries, %zu facts, %.0f tokens as text (%s); %zu leaves\n\n", study.entries,
             study.facts, study.text_tokens, study.tokenizer.c_str(), study.leaves);
  text +=
      "tier    tokens/1,000   1-ED   sure  |  page alone: exact phrase  gist  |  with fact "
      "sheets: exact phrase\n";
  for (const RetentionRow& row : study.retention) {
    text += format("%-6s %13.1f %6.1f%% %5.1f%% | %18.1f%% %5.1f%% %4.1f%% | %23.1f%% %5.1f%%\n",
                   row.tier.c_str(), row.tokens, 100 * row.one_minus_ed, 100 * row.confidence,
                   100 * row.page.exact, 100 * row.page.phrase, 100 * row.page.gist,
                   100 * row.with_facts.exact, 100 * row.with_facts.phrase);
  }
  text += "\nbudget  spent  way                          exact  phrase    gist\n";
  for (const BudgetRow& row : study.budgets) {
    text += format("%6zu %6.0f  %-27s %5.1f%%  %5.1f%%", row.budget, row.tokens, row.way.c_str(),
                   100 * row.kept.exact, 100 * row.kept.phrase);
    text += row.asked ? "\n" : format("  %5.1f%%\n", 100 * row.kept.gist);
  }
  text += "\nage                    facts  exact  phrase\n";
  for (const AgeRow& row : study.ages) {
    const std::string ages = age_text(row.from) + " to " + age_text(row.to);
    text += format("%-22s %5zu %5.1f%%  %5.1f%%\n", ages.c_str(), row.facts, 100 * row.memory.exact,
                   100 * row.memory.phrase);
  }
  text += "\nwhere the memory loses:\n";
  for (const std::string& sentence : losses(study)) text += "  " + sentence + "\n";
  return text;
}

Json to_json(const MemoryStudy& study) {
  Json retention = Json::array(), budgets = Json::array(), ages = Json::array();
  for (const RetentionRow& row : study.retention) {
    retention.push_back({{"tier", row.tier},
                         {"one_minus_ed", row.one_minus_ed},
                         {"confidence", row.confidence},
                         {"tokens_per_1000_chars", row.tokens},
                         {"page", kept_json(row.page)},
                         {"with_facts", kept_json(row.with_facts)}});
  }
  for (const BudgetRow& row : study.budgets) {
    budgets.push_back({{"way", row.way},
                       {"asked", row.asked},
                       {"budget", row.budget},
                       {"tokens", row.tokens},
                       {"kept", kept_json(row.kept)}});
  }
  for (const AgeRow& row : study.ages) {
    ages.push_back({{"from", row.from},
                    {"to", row.to},
                    {"facts", row.facts},
                    {"memory", kept_json(row.memory)}});
  }
  return {{"retention", std::move(retention)},
          {"budgets", std::move(budgets)},
          {"ages", std::move(ages)},
          {"losses", losses(study)},
          {"entries", study.entries},
          {"leaves", study.leaves},
          {"facts", study.facts},
          {"text_tokens", study.text_tokens},
          {"tokenizer", study.tokenizer},
          {"seed", study.seed}};
}

Chart retention_chart(const MemoryStudy& study) {
  Chart chart;
  chart.title = "What is kept as memories fade";
  chart.subtitle = "text, large, base, small, tiny, from right to left; " +
                   std::to_string(study.entries) + " entries on " + std::to_string(study.leaves) +
                   " leaves";
  chart.x.label = "tokens for 1,000 letters";
  chart.y = {"share kept", 0, 1, true};
  ChartSeries series[] = {
      {"letters (1 - ED)", {}, chart_colour(0), Marker::kCircle, ""},
      {"long words", {}, chart_colour(1), Marker::kSquare, ""},
      {"phrases", {}, chart_colour(2), Marker::kTriangle, ""},
      {"exact facts", {}, chart_colour(3), Marker::kDiamond, ""},
      {"exact facts, with sheets", {}, chart_colour(3), Marker::kDiamond, "6 4"}};
  for (const RetentionRow& row : study.retention) {
    const double kept[] = {row.one_minus_ed, row.page.gist, row.page.phrase, row.page.exact,
                           row.with_facts.exact};
    for (std::size_t i = 0; i < std::size(series); ++i) {
      series[i].points.push_back({row.tokens, kept[i]});
    }
  }
  chart.series.assign(std::begin(series), std::end(series));
  return chart;
}

Chart budget_chart(const MemoryStudy& study, BudgetCurve curve) {
  Chart chart;
  const bool exact = curve == BudgetCurve::kExact;
  chart.title = exact ? "Exact facts of a year under a budget" : "Phrases of a year under a budget";
  chart.subtitle = std::to_string(study.facts) + " facts in " + std::to_string(study.entries) +
                   " entries; dashed: the context is built for the question";
  chart.x.label = "budget in tokens, powers of two (all as text: " +
                  std::to_string(std::lround(study.text_tokens)) + ")";
  chart.y = {"share of the facts that can be read", 0, 1, true};
  for (const BudgetRow& row : study.budgets) {
    ChartSeries* series = nullptr;
    for (ChartSeries& known : chart.series) {
      if (known.name == row.way) series = &known;
    }
    if (series == nullptr) {
      const std::size_t n = chart.series.size();
      constexpr Marker kMarkers[] = {Marker::kCircle, Marker::kSquare, Marker::kTriangle,
                                     Marker::kDiamond, Marker::kCross};
      chart.series.push_back({row.way,
                              {},
                              chart_colour(n),
                              kMarkers[n % std::size(kMarkers)],
                              row.asked ? "6 4" : ""});
      series = &chart.series.back();
    }
    series->points.push_back(
        {std::log2(static_cast<double>(row.budget)), exact ? row.kept.exact : row.kept.phrase});
  }
  return chart;
}

}  // namespace quire
