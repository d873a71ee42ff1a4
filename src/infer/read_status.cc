#include "infer/read_status.h"

#include "infer/batch_decoder.h"

namespace quire {

const char* to_string(ReadStatus status) {
  switch (status) {
    case ReadStatus::kOk:
      return "ok";
    case ReadStatus::kEmpty:
      return "empty";
    case ReadStatus::kLoop:
      return "loop";
    case ReadStatus::kLimit:
      return "limit";
    case ReadStatus::kError:
      return "error";
  }
  return "error";
}

ReadStatus read_status(Stop stop) {
  switch (stop) {
    case Stop::kEnd:
      return ReadStatus::kOk;
    case Stop::kLoop:
      return ReadStatus::kLoop;
    case Stop::kLimit:
    case Stop::kCancelled:
      return ReadStatus::kLimit;
  }
  return ReadStatus::kError;
}

}  // namespace quire
