#include "fold/plan.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace quire {
namespace {

// 16 x 16 pixels with one letter in them are readable by anybody: what a model without measurements
// gets. 6 across and 3 down a token.
constexpr int kCautiousCharacters = 18;  // per vision token

// A measured layout is taken even when it holds this many times the characters asked for.
constexpr double kMostWaste = 2;

std::string percent(double share) {
  char text[16];
  std::snprintf(text, sizeof text, "%.1f%%", 100 * share);
  return text;
}

Result<Mode> page_mode(const std::string& name) {
  auto mode = find_mode(name);
  QUIRE_TRY(mode);
  if (mode->tile_side != 0) {
    return unsupported("mode " + name + " cuts pictures into tiles; pages are folded in tiny, " +
                       "small, base or large");
  }
  return mode;
}

PageLayout layout_of(const AccuracyRow& row, const Mode& mode) {
  PageLayout layout;
  layout.side = mode.view_side;
  layout.columns = row.columns;
  layout.rows_per_token = row.rows_per_token;
  return layout;
}

// Without a ratio: the layout of the table's best row.
Result<PagePlan> plan_by_table(const PlanRequest& request, const AccuracyTable& table) {
  PagePlan plan;
  if (const auto row = table.best(request.mode)) {
    auto mode = page_mode(row->mode);
    QUIRE_TRY(mode);
    plan.mode = *mode;
    plan.layout = layout_of(*row, *mode);
    plan.expected_accuracy = row->one_minus_ed;
    if (row->one_minus_ed < kTrustedAccuracy) {
      plan.note = "no measured layout of this model reaches " + percent(kTrustedAccuracy) +
                  " of characters; the best one is used, with " + percent(row->one_minus_ed) +
                  " to expect (--exact stores what makes the text exact)";
    }
    return plan;
  }
  auto mode = page_mode(request.mode.empty() ? "tiny" : request.mode);
  QUIRE_TRY(mode);
  plan.mode = *mode;
  const int across = side_tokens(mode->view_side);
  auto layout = layout_for(mode->view_side, kCautiousCharacters * across * across);
  QUIRE_TRY(layout);
  plan.layout = *layout;
  plan.note =
      table.rows.empty()
          ? "this model has no table of measured accuracy; letters of a middling size are used"
          : "this model was not measured in mode " + std::string(mode->name) +
                "; letters of a middling size are used";
  return plan;
}

// The layout of a page that holds so many characters: the sparsest of those that were measured, for
// a model is only known to read what it was measured on; else whatever letters fit.
Result<PageLayout> dense_enough(const std::string& mode_name, double characters, const Mode& mode,
                                const AccuracyTable& table) {
  std::optional<AccuracyRow> sparsest;
  for (const AccuracyRow& row : table.prose(mode_name)) {  // from dense to sparse
    if (layout_of(row, mode).capacity() >= characters) sparsest = row;
  }
  if (sparsest && layout_of(*sparsest, mode).capacity() <= kMostWaste * characters)
    return layout_of(*sparsest, mode);
  // Beyond a character for each pixel there is nothing to ask layout_for about.
  const double pixels = static_cast<double>(mode.view_side) * mode.view_side;
  return layout_for(mode.view_side,
                    static_cast<int>(std::ceil(std::clamp(characters, 1.0, pixels))));
}

Result<PagePlan> plan_by_ratio(const PlanRequest& request, const AccuracyTable& table) {
  std::string name = request.mode;
  if (name.empty()) {
    const auto row = table.best("");
    name = row ? row->mode : "tiny";
  }
  const auto mode = page_mode(name);
  QUIRE_TRY(mode);
  PagePlan plan;
  plan.mode = *mode;
  plan.layout.side = mode->view_side;
  const double characters =
      request.ratio * plan.vision_tokens() * request.characters_per_text_token;
  const auto layout = dense_enough(name, characters, *mode, table);
  if (!layout) {
    return layout.status().at("a ratio of " + std::to_string(request.ratio) + " in mode " + name);
  }
  plan.layout = *layout;
  plan.expected_accuracy = table.expect(name, plan.characters_per_token());
  if (!plan.expected_accuracy) {
    plan.note =
        "this model was not measured in mode " + name + ": nobody knows what accuracy to expect";
  }
  return plan;
}

}  // namespace

Result<PagePlan> plan_pages(const PlanRequest& request, const AccuracyTable& table) {
  if (!request.mode.empty()) QUIRE_TRY(page_mode(request.mode));
  if (!std::isfinite(request.ratio) || request.ratio < 0) {
    return invalid("the ratio must be a number above 0, such as 10");
  }
  return request.ratio > 0 ? plan_by_ratio(request, table) : plan_by_table(request, table);
}

}  // namespace quire
