// Choosing the pages: which mode, and how many characters on a page, so that the text reaches a
// ratio, or the highest ratio at which the model can be trusted.
//
//   ratio = text tokens / vision tokens
//
// so a page of v vision tokens should hold ratio * v * (characters per text token) characters. The
// last page keeps the layout of the others, however little is left for it, because accuracy is
// measured per layout.
#pragma once

#include <optional>
#include <string>

#include "base/status.h"
#include "fold/accuracy.h"
#include "infer/modes.h"
#include "render/page.h"

namespace quire {

struct PlanRequest {
  std::string mode;                      // "" lets the plan choose
  double ratio = 0;                      // 0: the highest that can be trusted
  double characters_per_text_token = 4;  // of the text to fold
};

struct PagePlan {
  Mode mode;
  PageLayout layout;
  std::optional<double> expected_accuracy;  // share of characters; nothing: not measured
  std::string note;  // a sentence to show when the plan is not what one would hope for; or ""

  int vision_tokens() const { return square(side_tokens(layout.side)); }
  int sequence_tokens() const { return vision_tokens() + side_tokens(layout.side) + 1; }
  double characters_per_token() const {
    return static_cast<double>(layout.capacity()) / vision_tokens();
  }

 private:
  static int square(int n) { return n * n; }
};

// Errors: a mode that is none or that cuts pictures into tiles, a ratio that no letters are small
// enough for; each says what to do.
Result<PagePlan> plan_pages(const PlanRequest& request, const AccuracyTable& table);

}  // namespace quire
