// Folding: a checked text and a plan, page by page, into the bytes of a .quire.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "fold/page_reader.h"
#include "fold/plan.h"
#include "fold/quire_file.h"
#include "fold/source_text.h"
#include "render/page.h"

namespace quire {

struct FoldOptions {
  bool exact = false;  // read each page back and store what corrects the reading
  std::optional<DType> cache_tokens =
      {};                         // kF16 or kF32: store the vision tokens, unfold need not see
  std::string program = "quire";  // written into the file
};

// What the text cost.
struct FoldBill {
  struct PageCost {
    QuirePageHead head;
    int vision_tokens = 0;
    std::size_t correction_bytes = 0;
    double accuracy = 0;  // share of characters the reading got right; exact only
  };
  std::vector<PageCost> pages;
  std::uint64_t text_tokens = 0;
  std::uint64_t vision_tokens = 0, sequence_tokens = 0;
  std::uint64_t correction_bytes = 0, file_bytes = 0;

  double ratio() const {
    return vision_tokens == 0 ? 0 : static_cast<double>(text_tokens) / vision_tokens;
  }
};

// Where bytes go, in file order; and who hears of each page once it is done.
struct FoldSink {
  std::function<Status(std::string_view bytes)> write;
  std::function<Status(const Page& page, std::size_t number)> on_page = {};
};

// How many pages the text takes (an estimate for a proportional face).
std::size_t count_pages(const SourceText& text, const PagePlan& plan);

// `text_tokens` is the count behind the ratio, `text_tokenizer` says whose it is. Errors: those of
// the sink, and of the model when it is asked to read.
Result<FoldBill> fold(const SourceText& text, std::uint64_t text_tokens,
                      const std::string& text_tokenizer, const PagePlan& plan, Font& font,
                      const PageReader& reader, const FoldOptions& options, const FoldSink& sink);

}  // namespace quire
