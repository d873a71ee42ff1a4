// Errors are values. A Status says what went wrong, where, and what to do about it, in a sentence
// that can be shown to a user as it is. A Result<T> is a T or the Status that says why there
// is none.
//
//   Result<Image> image = decode_png(bytes);
//   if (!image) return image.status();
//   use(*image);
//
// Nothing in the library throws across a room's door, and nothing aborts on a document's mistake.
// QUIRE_CHECK is for a caller's mistake: a broken precondition inside our own code.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

namespace quire {

enum class Code {
  kOk,
  kInvalid,      // the input breaks the rules of its format
  kNotFound,     // a file, tensor or name that is not there
  kIo,           // the disk, a pipe or the system refused
  kUnsupported,  // well formed, but not something this build can do
  kLimit,        // larger than a stated limit
  kCancelled,    // whoever asked no longer wants it
  kTimeout,      // not done before its deadline
  kInternal,     // our own mistake
};

class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Code code, std::string message) : code_(code), message_(std::move(message)) {}

  bool ok() const { return code_ == Code::kOk; }
  explicit operator bool() const { return ok(); }
  Code code() const { return code_; }
  const std::string& message() const { return message_; }

  // The same error, with the place it happened in front: "notes.quire: the checksum is wrong".
  Status at(const std::string& where) const {
    return ok() ? *this : Status(code_, where + ": " + message_);
  }

 private:
  Code code_ = Code::kOk;
  std::string message_;
};

inline Status invalid(std::string message) { return {Code::kInvalid, std::move(message)}; }
inline Status not_found(std::string message) { return {Code::kNotFound, std::move(message)}; }
inline Status io_error(std::string message) { return {Code::kIo, std::move(message)}; }
inline Status unsupported(std::string message) { return {Code::kUnsupported, std::move(message)}; }
inline Status over_limit(std::string message) { return {Code::kLimit, std::move(message)}; }
inline Status timed_out(std::string message) { return {Code::kTimeout, std::move(message)}; }
inline Status internal(std::string message) { return {Code::kInternal, std::move(message)}; }

[[noreturn]] inline void check_failed(const char* file, int line, const char* what) {
  std::fprintf(stderr, "%s:%d: check failed: %s\n", file, line, what);
  std::abort();
}

#define QUIRE_CHECK(condition)                                               \
  do {                                                                       \
    if (!(condition)) ::quire::check_failed(__FILE__, __LINE__, #condition); \
  } while (false)

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}         // NOLINT: implicit
  Result(Status status) : status_(std::move(status)) {  // NOLINT: implicit
    QUIRE_CHECK(!status_.ok());
  }

  bool ok() const { return value_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Status& status() const { return status_; }

  T& operator*() & { return checked(); }
  const T& operator*() const& { return checked(); }
  T&& operator*() && { return std::move(checked()); }
  T* operator->() { return &checked(); }
  const T* operator->() const { return &checked(); }

 private:
  T& checked() {
    QUIRE_CHECK(ok());
    return *value_;
  }
  const T& checked() const {
    QUIRE_CHECK(ok());
    return *value_;
  }

  std::optional<T> value_;
  Status status_;
};

}  // namespace quire

// Hands an error on to the caller: QUIRE_TRY(write_all(...));
#define QUIRE_TRY(expression)                                                                      \
  do {                                                                                             \
    if (auto&& quire_try_ = (expression); !quire_try_.ok()) return ::quire::status_of(quire_try_); \
  } while (false)

namespace quire {
inline const Status& status_of(const Status& status) { return status; }
template <typename T>
const Status& status_of(const Result<T>& result) {
  return result.status();
}
}  // namespace quire
