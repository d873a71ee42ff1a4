#include "document/prepare_page.h"

#include <algorithm>
#include <string>
#include <utility>

#include "document/figures.h"
#include "image/blank.h"
#include "image/orientation.h"
#include "image/paper.h"
#include "image/turn.h"

namespace quire {
namespace {

// From the best to the worst end of a part.
int severity(ReadStatus status) {
  switch (status) {
    case ReadStatus::kEmpty:
      return 0;
    case ReadStatus::kOk:
      return 1;
    case ReadStatus::kLoop:
      return 2;
    case ReadStatus::kLimit:
      return 3;
    case ReadStatus::kError:
      return 4;
  }
  return 4;
}

void append_line(std::string& text, const std::string& more, const char* between) {
  if (more.empty()) return;
  if (!text.empty()) text += between;
  text += more;
}

// The numbers of a part's reading on top of those before it.
void add(PictureReading& all, PictureReading part) {
  append_line(all.answer.text, part.answer.text, "\n\n");
  all.answer.tokens += part.answer.tokens;
  all.answer.prompt_tokens += part.answer.prompt_tokens;
  all.answer.prefill_seconds += part.answer.prefill_seconds;
  all.answer.decode_seconds += part.answer.decode_seconds;
  // Where tokens end is known for one text, not for several joined: only their probabilities stay.
  const auto& probability = part.answer.probability;
  all.answer.probability.insert(all.answer.probability.end(), probability.begin(),
                                probability.end());
  all.chosen = all.attempts.size() + part.chosen;
  for (Attempt& attempt : part.attempts) all.attempts.push_back(std::move(attempt));
  all.vision_tokens += part.vision_tokens;
  all.sequence_tokens += part.sequence_tokens;
  all.image_seconds += part.image_seconds;
  all.encode_seconds += part.encode_seconds;
  all.prefill_seconds += part.prefill_seconds;
  all.decode_seconds += part.decode_seconds;
}

}  // namespace

PreparedPage prepare_page(Image image, const PrepareOptions& options) {
  PreparedPage page;
  page.blank = is_blank(image);
  if (!page.blank && options.turn) {
    const Turn turn = find_turn(image);
    page.turned = turn.sure ? turn.clockwise : 0;
    image = turned_clockwise(std::move(image), page.turned);
  }
  if (options.lay_small) image = lay_on_sheet(std::move(image));
  page.parts = {{0, 0, image.width, image.height}};
  if (!page.blank && options.split) page.parts = split_page(image, options.limits);
  page.image = std::move(image);
  return page;
}

PageResult read_prepared(PreparedPage page, const std::function<PageResult(Image part)>& read) {
  if (page.parts.size() == 1) return read(std::move(page.image));
  PageResult all;
  all.status = ReadStatus::kEmpty;
  all.blank = true;
  std::vector<DocumentPage> pages;
  for (std::size_t i = 0; i < page.parts.size(); ++i) {
    PageResult part = read(cut_out(page.image, page.parts[i]));
    if (severity(part.status) > severity(all.status)) all.status = part.status;
    all.blank = all.blank && part.blank;
    if (!part.problem.empty()) {
      append_line(all.problem,
                  "part " + std::to_string(i + 1) + " of " + std::to_string(page.parts.size()) +
                      ": " + part.problem,
                  "; ");
    }
    all.load_seconds += part.load_seconds;
    add(all.reading, std::move(part.reading));
    pages.push_back(std::move(part.page));
  }
  all.reading.answer.status = all.status;
  all.page = stitch_parts(page.parts, pages, page.image.width, page.image.height);
  all.picture = std::move(page.image);
  return all;
}

}  // namespace quire
