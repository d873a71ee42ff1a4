#include "text/prompt.h"

#include "text/strip.h"

namespace quire {
namespace {

std::vector<std::string_view> cut_at_images(std::string_view text) {
  std::vector<std::string_view> pieces;
  while (true) {
    const std::size_t at = text.find(kImageMark);
    pieces.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return pieces;
    text.remove_prefix(at + kImageMark.size());
  }
}

}  // namespace

const TaskPrompt* find_task(std::string_view task) {
  for (const TaskPrompt& row : kTaskPrompts) {
    if (row.task == task) return &row;
  }
  return nullptr;
}

std::string locate_prompt(std::string_view what) {
  return "<image>\nLocate <|ref|>" + std::string(what) + "<|/ref|> in the image.";
}

Result<Prompt> build_prompt(const Tokenizer& tokenizer, std::string_view text,
                            std::span<const std::size_t> image_embeddings) {
  const std::vector<std::string_view> pieces = cut_at_images(strip(text));
  if (pieces.size() - 1 != image_embeddings.size()) {
    return invalid("the prompt has " + std::to_string(pieces.size() - 1) +
                   " <image>, but the number of pictures is " +
                   std::to_string(image_embeddings.size()));
  }
  if (tokenizer.bos_id() < 0) return unsupported("the tokenizer has no <｜begin▁of▁sentence｜>");
  const auto image_id = tokenizer.id_of(kImageMark);
  if (!image_id && !image_embeddings.empty()) {
    return unsupported("the tokenizer has no <image>, so this model takes no pictures");
  }

  Prompt prompt;
  prompt.ids.push_back(tokenizer.bos_id());
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (i > 0) {
      prompt.images.push_back({prompt.ids.size(), image_embeddings[i - 1]});
      prompt.ids.insert(prompt.ids.end(), image_embeddings[i - 1], *image_id);
    }
    const std::vector<std::int32_t> ids = tokenizer.encode(pieces[i]);
    prompt.ids.insert(prompt.ids.end(), ids.begin(), ids.end());
  }
  return prompt;
}

}  // namespace quire
