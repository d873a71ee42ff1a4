// The work on one page of a pile: read it, save its pictures, and say how it ended.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "batch/manifest.h"
#include "batch/page_record.h"
#include "batch/page_source.h"

namespace quire {

struct PageTask {
  std::size_t document = 0;  // in the manifest
  int page = 1;
  std::shared_ptr<const PageSource> source;  // null: the page has ended already, so:
  PageStatus failed_as = PageStatus::kUnreadable;
  std::string failure;
  bool again = false;  // it was read before, and has pictures of that
  bool alone = false;  // the program died on it before: no other page shall be suspected with it
};

struct EndedPage {
  PageRecord record;  // without its time
  nlohmann::ordered_json content;
  std::string remark;             // where the reading and the text layer differ, a sentence
  nlohmann::ordered_json stages;  // seconds of load, image, encode, prefill, decode
  Status fatal;  // the disk does not take its pictures: no fault of the page, which has not ended
};

// Where pictures go: crops as FOLDER/NAME_figures/page-N-K.png, with `boxes` the page with its
// boxes drawn as FOLDER/NAME_pages/page-N.png.
struct PictureOutput {
  std::string folder;
  std::string scratch;  // as write_file() takes it
  bool boxes = false;
};

EndedPage do_page(const Document& document, const PageTask& task, const PictureOutput& output,
                  double seconds);

}  // namespace quire
