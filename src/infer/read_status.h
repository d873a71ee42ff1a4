// How a page ended, in words that scripts can rely on.
#pragma once

namespace quire {

enum class Stop;  // infer/batch_decoder.h

// kOk: the model came to its end. kEmpty: it did, and said nothing. kLoop: it turned in a circle
// and was stopped. kLimit: it was still writing at the limit of tokens. kError: there is no answer.
enum class ReadStatus { kOk, kEmpty, kLoop, kLimit, kError };
const char* to_string(ReadStatus status);  // "ok", "empty", "loop", "limit", "error"

// A page that ends in another way may be wrong from some place on, and is never called read.
inline bool is_success(ReadStatus status) {
  return status == ReadStatus::kOk || status == ReadStatus::kEmpty;
}

ReadStatus read_status(Stop stop);

}  // namespace quire
