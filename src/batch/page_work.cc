#include "batch/page_work.h"

#include <filesystem>
#include <new>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "batch/page_content.h"
#include "document/draw_boxes.h"
#include "document/figures.h"
#include "format/png.h"

namespace quire {
namespace {

namespace fs = std::filesystem;

PageStatus page_status(ReadStatus status) {
  switch (status) {
    case ReadStatus::kOk:
      return PageStatus::kOk;
    case ReadStatus::kEmpty:
      return PageStatus::kBlank;
    case ReadStatus::kLoop:
      return PageStatus::kLoop;
    case ReadStatus::kLimit:
      return PageStatus::kLimit;
    case ReadStatus::kError:
      break;
  }
  return PageStatus::kError;
}

// Outputs must not depend on from where the pile was named.
std::string without_path(const std::string& sentence, const std::string& path, int page) {
  for (const std::string& front : {path + ": ", path + ", page " + std::to_string(page) + ": "}) {
    if (sentence.starts_with(front)) return sentence.substr(front.size());
  }
  return sentence;
}

// The pictures of an earlier reading, which may have found other figures.
void remove_pictures(const Document& document, int number, const PictureOutput& output) {
  const std::string name = (fs::path(output.folder) / document.name).string();
  const std::string page = "page-" + std::to_string(number);
  std::error_code error;
  fs::remove(fs::path(name + "_pages") / (page + ".png"), error);
  std::vector<fs::path> old;
  for (fs::directory_iterator at(name + "_figures", error), end; !error && at != end;
       at.increment(error)) {
    if (at->path().filename().string().starts_with(page + "-")) old.push_back(at->path());
  }
  for (const fs::path& path : old) fs::remove(path, error);
}

// The links of the figures.
Result<std::vector<std::string>> save_pictures(const Document& document, int number,
                                               const PageResult& result,
                                               const PictureOutput& output) {
  const fs::path name = fs::path(output.folder) / document.name;
  const std::string page = "page-" + std::to_string(number);
  std::error_code error;
  fs::create_directories(name.parent_path(), error);
  if (output.boxes && result.picture.width > 0) {
    const fs::path inside = name.string() + "_pages";
    fs::create_directories(inside, error);
    const auto png = encode_png(draw_boxes(result.picture, result.page.blocks));
    QUIRE_TRY(png);
    QUIRE_TRY(write_file((inside / (page + ".png")).string(), *png, output.scratch));
  }
  return save_figures(
      result.page, result.picture,
      {name.parent_path().string(), name.filename().string(), page + "-", output.scratch});
}

void keep(const Document& document, const PageTask& task, const PictureOutput& output,
          const PageResult& result, EndedPage& ended) {
  ended.record.status = page_status(result.status);
  ended.record.reason = without_path(result.problem, document.path, task.page);
  if (ended.record.status == PageStatus::kBlank) {
    ended.record.reason = result.blank ? "there is nothing on the page" : "the model said nothing";
  }
  ended.record.tries = static_cast<int>(result.reading.attempts.size());
  ended.record.tokens = static_cast<std::int64_t>(result.reading.answer.tokens);
  ended.record.source = result.source();
  if (result.layer && result.layer->check) {
    ended.record.agreement = result.layer->check->agreement;
    if (!result.layer->check->diff.differences.empty()) {
      ended.remark = describe(*result.layer->check);
    }
  }
  const PictureReading& reading = result.reading;
  ended.stages = {{"load", result.load_seconds},
                  {"image", reading.image_seconds},
                  {"encode", reading.encode_seconds},
                  {"prefill", reading.prefill_seconds},
                  {"decode", reading.decode_seconds}};
  if (result.status == ReadStatus::kError) return;
  const auto links = save_pictures(document, task.page, result, output);
  if (links) {
    ended.content = page_content(result, *links);
  } else {
    ended.fatal = links.status();
  }
}

}  // namespace

EndedPage do_page(const Document& document, const PageTask& task, const PictureOutput& output,
                  double seconds) {
  const double begin = steady_seconds();
  const auto fail = [&](PageStatus status, const std::string& reason) {
    EndedPage ended;
    ended.record = {document.key, document.stamp, task.page, status,
                    without_path(reason, document.path, task.page)};
    return ended;
  };
  EndedPage ended = fail(task.failed_as, task.failure);
  if (task.source != nullptr) {
    try {
      const Result<PageResult> result = task.source->read(task.page, seconds);
      if (task.again) remove_pictures(document, task.page, output);
      if (result) {
        keep(document, task, output, *result, ended);
      } else {
        ended = fail(result.status().code() == Code::kTimeout ? PageStatus::kTimeout
                                                              : PageStatus::kUnreadable,
                     result.status().message());
      }
    } catch (const std::bad_alloc&) {
      ended = fail(PageStatus::kError, "there was not enough memory for this page");
    }
  }
  ended.record.seconds = steady_seconds() - begin;
  return ended;
}

}  // namespace quire
