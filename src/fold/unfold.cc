#include "fold/unfold.h"

#include <algorithm>
#include <mutex>

#include "fold/correction.h"
#include "format/png.h"

namespace quire {
namespace {

bool good(ReadStatus status) { return status == ReadStatus::kOk || status == ReadStatus::kEmpty; }

const char* problem_of(ReadStatus status) {
  switch (status) {
    case ReadStatus::kOk:
    case ReadStatus::kEmpty:
      return "";
    case ReadStatus::kLoop:
      return "the reading went round in a loop and was stopped";
    case ReadStatus::kLimit:
      return "the reading did not come to an end and was stopped";
    case ReadStatus::kError:
      break;
  }
  return "the model could not read it";
}

Result<Tensor> tokens_of(const QuirePage& page, const PageReader& reader, bool same_model) {
  // Tokens mean something only to the model that made them; the picture serves any.
  if (page.tokens && same_model) return page.tokens->tensor();
  const auto side = static_cast<std::uint32_t>(page.head.layout.side);
  auto picture =
      decode_png(page.picture, {.max_pixels = std::uint64_t{side} * side, .max_side = side});
  if (!picture) return picture.status().at("its picture");
  if (picture->image.width != page.head.layout.side ||
      picture->image.height != page.head.layout.side) {
    return invalid("its picture is not the " + std::to_string(side) + " pixels square it says");
  }
  return reader.encode(picture->image);
}

UnfoldedPage failed(const Status& why) {
  UnfoldedPage page;
  page.status = ReadStatus::kError;
  page.problem = why.message();
  return page;
}

UnfoldedPage unfold_page(const QuirePage& page, const PageReader& reader, bool same_model,
                         bool corrections) {
  if (!page.damage.ok()) return failed(page.damage);
  const auto tokens = tokens_of(page, reader, same_model);
  if (!tokens) return failed(tokens.status());
  auto reading = read_page(reader, *tokens, page.head);
  if (!reading) return failed(reading.status());

  UnfoldedPage result;
  result.tokens = reading->tokens;
  result.status = reading->status;
  result.problem = problem_of(reading->status);
  result.text = std::move(reading->text);
  if (corrections && page.correction) {
    auto corrected = apply_correction(result.text, *page.correction);
    if (corrected) {  // right, however the reading ended
      result.text = *std::move(corrected);
      result.exact = true;
      result.status = ReadStatus::kOk;
      result.problem.clear();
    } else {
      result.status = ReadStatus::kError;
      result.problem = corrected.status().message();
    }
  }
  return result;
}

}  // namespace

std::string Unfolded::text() const {
  std::string text;
  for (const UnfoldedPage& page : pages) text += page.text;
  return text;
}

bool Unfolded::ok() const {
  return std::all_of(pages.begin(), pages.end(),
                     [](const UnfoldedPage& page) { return good(page.status); });
}

Result<Unfolded> unfold(const QuireFile& file, const PageReader& reader,
                        const UnfoldOptions& options) {
  const bool same_model = file.plan().model == reader.fingerprint;
  const bool corrected =
      std::any_of(file.pages().begin(), file.pages().end(),
                  [](const QuirePage& page) { return page.correction.has_value(); });
  if (corrected && options.corrections && !same_model) {
    return invalid("folded exactly by the model " + file.plan().model.substr(0, 12) + ", this is " +
                   reader.fingerprint.substr(0, 12) +
                   "; its corrections fit no other model's reading. Name that model with --model, "
                   "or read without the corrections (--no-corrections)");
  }
  Unfolded result;
  result.pages.resize(file.pages().size());
  std::mutex counting;
  std::size_t done = 0;
  for_each_page(reader, file.pages().size(), [&](std::size_t i) {
    result.pages[i] = unfold_page(file.pages()[i], reader, same_model, options.corrections);
    const std::lock_guard lock(counting);
    ++done;
    if (options.on_page) options.on_page(done);
  });
  return result;
}

}  // namespace quire
