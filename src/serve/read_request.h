// POST /v1/read: what was sent, and what is asked about it. A form with one file (and fields), or
// the file itself as the body with the fields in the query.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "document/read_source.h"
#include "serve/engine.h"
#include "serve/http.h"
#include "serve/limits.h"

namespace quire {

struct UploadedDocument {
  std::string name;        // as the client calls it; never a path of ours
  std::string_view bytes;  // inside of the request's body
  ReadRequest request;
  std::string task;
  bool whole_page = false;  // a blank page has no answer to this question
  std::string format;       // "json", "md", "text" or "html"
  bool stream = false;      // progress and pages as events
  bool pictures = false;    // each page's picture with it
};

// How its pages are read: as `quire read` does it. Boxes are in pixels of the page's picture, which
// is not laid on a sheet.
PageRules served_rules(const Turn& turn, ReadRequest request, bool whole_page);

// Errors name the field. Fields: task, prompt, mode, max_tokens, retries, format, stream, pictures.
Result<UploadedDocument> parse_read_request(const HttpRequest& request, const ServeLimits& limits);

}  // namespace quire
