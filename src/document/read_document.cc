#include "document/read_document.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "image/blank.h"
#include "image/upright.h"

namespace quire {
namespace {

// What to say about an answer that did not end.
std::string unfinished(const PictureReading& reading) {
  const std::string tokens = std::to_string(reading.answer.tokens) + " tokens";
  std::string sentence = reading.answer.status == ReadStatus::kLoop
                             ? "the model turned in a circle and was stopped after " + tokens +
                                   "; what it wrote until then is kept"
                             : "the model was still writing after " + tokens +
                                   ", which is the limit; the page is not complete";
  if (reading.attempts.size() > 1) {
    sentence +=
        " (" + std::to_string(reading.attempts.size()) + " ways were tried, none came to an end)";
  }
  return sentence;
}

Status read(const Reader& reader, std::vector<Image> pictures, const ReadRequest& request,
            bool skip_blank, PageResult& result) {
  const int width = pictures.empty() ? 0 : pictures[0].width;
  const int height = pictures.empty() ? 0 : pictures[0].height;
  result.page = make_page({}, width, height);
  if (skip_blank && !pictures.empty() && std::all_of(pictures.begin(), pictures.end(), is_blank)) {
    result.blank = true;
    result.status = ReadStatus::kEmpty;
  } else {
    Result<PictureReading> reading = read_pictures(reader, pictures, request);
    QUIRE_TRY(reading);
    result.reading = *std::move(reading);
    result.status = result.reading.answer.status;
    result.page = make_page(result.reading.answer, width, height);
  }
  if (!pictures.empty()) result.picture = std::move(pictures[0]);
  return {};
}

// The sentence of a reading that is no success.
PageResult with_problem(PageResult result, const Status& status) {
  if (!status.ok()) {
    result.problem = status.message();
  } else if (!is_success(result.status)) {
    result.problem = unfinished(result.reading);
  }
  return result;
}

}  // namespace

std::string_view PageResult::source() const {
  if (layer && layer->taken) return kFromLayer;
  return reading.attempts.empty() ? "" : kFromModel;
}

PageResult read_page(const Reader& reader, Image picture, const ReadRequest& request,
                     bool skip_blank) {
  PageResult result;
  std::vector<Image> pictures;
  pictures.push_back(std::move(picture));
  const Status status = read(reader, std::move(pictures), request, skip_blank, result);
  return with_problem(std::move(result), status);
}

PageResult read_document(const Reader& reader, std::span<const std::string> paths,
                         const ReadRequest& request, bool skip_blank) {
  PageResult result;
  const double begin = steady_seconds();
  std::vector<Image> pictures;
  for (const std::string& path : paths) {
    Result<Image> picture = read_upright(path);
    if (!picture) return with_problem(std::move(result), picture.status());
    pictures.push_back(*std::move(picture));
  }
  result.load_seconds = steady_seconds() - begin;
  const Status status = read(reader, std::move(pictures), request, skip_blank, result);
  result = with_problem(std::move(result), status);
  if (!result.problem.empty() && !paths.empty()) {
    result.problem = paths[0] + ": " + result.problem;
  }
  return result;
}

}  // namespace quire
