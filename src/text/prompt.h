// The plain template (architecture.md, section 7): no role words, no system text. The text is
// stripped, cut at each <image>, and every piece is tokenised on its own; in place of each <image>
// stand as many image ids as that picture has embeddings. BOS comes first and nothing last.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "text/tokenizer.h"

namespace quire {

inline constexpr std::string_view kImageMark = "<image>";

// The prompts that the model was trained with, by what they ask for.
struct TaskPrompt {
  std::string_view task, prompt;
  bool whole_page = false;  // asks for all words of the page, so a blank page has no answer
};
inline constexpr TaskPrompt kTaskPrompts[] = {
    {"markdown", "<image>\n<|grounding|>Convert the document to markdown.", true},
    {"boxes", "<image>\n<|grounding|>OCR this image.", true},
    {"text", "<image>\nFree OCR.", true},
    {"figure", "<image>\nParse the figure."},
    {"describe", "<image>\nDescribe this image in detail."},
};

// The row of kTaskPrompts, null when there is none of that name.
const TaskPrompt* find_task(std::string_view task);

// <|ref|>what<|/ref|>: the answer is a box of it.
std::string locate_prompt(std::string_view what);

struct Prompt {
  struct ImageSpan {
    std::size_t begin, count;  // positions in ids
  };
  std::vector<std::int32_t> ids;
  std::vector<ImageSpan> images;  // one for each picture, in order
};

// image_embeddings: the number of embeddings of each picture (Mode::sequence_tokens). Errors:
// kInvalid when the text has another number of <image> than there are pictures; kUnsupported when
// the tokenizer has no BOS or, with pictures, no <image>.
Result<Prompt> build_prompt(const Tokenizer& tokenizer, std::string_view text,
                            std::span<const std::size_t> image_embeddings);

}  // namespace quire
