// A text on its way to pages: what fold() needs, found out from the text, the model and the face.
#pragma once

#include <string>

#include "fold/fold.h"
#include "fold/plan.h"
#include "fold/source_text.h"
#include "fold/text_tokens.h"
#include "infer/reader.h"
#include "render/page.h"

namespace quire {

inline constexpr const char* kDefaultFace = "DejaVuSansMono";

struct FoldRequest {
  std::string mode = {};            // "" lets the plan choose
  double ratio = 0;                 // 0: the highest that can be trusted
  std::string font = kDefaultFace;  // a font file, or the name of an installed face
};

struct Folding {
  SourceText text;
  TextTokens tokens;
  PagePlan plan;
  Font font;
};

// Errors: a face that cannot be opened; a text of which the model and the face know less than half;
// those of plan_pages() and count_text_tokens().
Result<Folding> prepare_folding(SourceText text, const FoldRequest& request, const Reader& model,
                                const std::string& model_directory);

// fold() of all that.
Result<FoldBill> fold(Folding& folding, const PageReader& reader, const FoldOptions& options,
                      const FoldSink& sink);

}  // namespace quire
