// Errors as every OpenAI client knows them:
//
//   {"error": {"message": "...", "type": "invalid_request_error", "param": null, "code": "..."}}
//
// A message is ours, word for word: no path, no pointer, no text of a library goes out. What is the
// server's own fault says so and nothing more; the log has the rest.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "serve/http.h"

namespace quire {

HttpResponse error_response(int http_status, std::string_view code, std::string_view message);

// By the status' code: 400 for kInvalid and kUnsupported, 404, 413 for kLimit, 504 for kTimeout,
// else 500.
HttpResponse error_response(const Status& status);

// The same for what is wrong with a request itself: what it lacks is not an address that is not
// there, so never 404.
HttpResponse bad_request(const Status& status);

// 429 or 503, with the seconds after which to come again.
HttpResponse come_again(int http_status, std::string_view message, int seconds);

// 429: the same for all who find the model's line full.
HttpResponse too_busy();

// The JSON alone, for an error in the middle of a stream.
std::string error_json(const Status& status);

}  // namespace quire
