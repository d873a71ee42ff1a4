// How long the main job takes with a model that reads folded pages: text to a .quire and back, in
// this process, after a first time that packs weights and opens faces.
#pragma once

#include <cstddef>

#include "base/status.h"
#include "fold/plan.h"
#include "infer/reader.h"
#include "render/page.h"

namespace quire {

struct PageSpeedOptions {
  std::size_t characters = 1300;  // of one page's worth of text
  std::size_t batch = 16;         // how often that much makes a longer text
  int repeats = 5;
};

struct PageSpeed {
  std::size_t characters = 0;
  double fold_seconds = 0, unfold_seconds = 0;  // of that text; medians
  std::size_t batch_pages = 0;                  // that the longer text takes
  double batch_pages_per_s = 0;                 // folded and unfolded
  double batch_characters_per_s = 0;
};

// Words of random letters, set as `plan` says. Errors are those of folding and unfolding.
Result<PageSpeed> measure_pages(const Reader& reader, Font& font, const PagePlan& plan,
                                const PageSpeedOptions& options);

}  // namespace quire
