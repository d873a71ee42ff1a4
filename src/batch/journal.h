// The journal of one worker: what happened to which page, one JSON object a line, so that `jq` and
// people can read it too. docs/journal.md has the kinds of records.
//
// - It is only ever appended to, by the process that created it. A worker that starts again begins
//   another file, so nothing is repaired, and a reader never meets a writer's second thoughts.
// - The last key of each line is "crc": the CRC-32 (format/checksum.h), in 8 hex digits, of all
//   bytes of the line in front of `,"crc"`.
// - A record that says something is finished is on the disk before append() returns (fdatasync);
//   one that says something begins is not, because losing it costs nothing.
// - The last line may be torn: a process died in it, or lives and is not done with it. Any other
//   line that does not hold is damage.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/status.h"
#include "format/json.h"

namespace quire {

// One thread at a time.
class JournalWriter {
 public:
  // Errors: the file is there already.
  static Result<JournalWriter> create(const std::string& path);
  ~JournalWriter();
  JournalWriter(JournalWriter&& other) noexcept;
  JournalWriter& operator=(JournalWriter&&) = delete;

  enum class Durable { kNo, kYes };
  Status append(const nlohmann::ordered_json& record, Durable durable);

  const std::string& path() const { return path_; }
  int descriptor() const { return fd_; }

 private:
  JournalWriter() = default;
  int fd_ = -1;
  std::string path_;
};

// The line as it is written, its end included.
std::string journal_line(const nlohmann::ordered_json& record);

// A line without its end back to its record. Errors: what does not hold.
Result<Json> parse_journal_line(std::string_view line);

// A record longer than this is damage; a page of the longest answer is far below.
inline constexpr std::size_t kMaxJournalLine = 64'000'000;

struct JournalSpan {
  std::uint64_t offset = 0;  // of the line in the file
  std::size_t length = 0;    // without its end
};

struct JournalReading {
  std::uint64_t end = 0;             // behind the last whole line
  bool torn = false;                 // something stands behind it
  std::vector<std::string> damages;  // a sentence for each line that does not hold
};

// Hands over the records from `offset` on, which must be a line's begin (0, or an earlier `end`).
// Damaged lines are left out. Errors: the file cannot be read.
Result<JournalReading> read_journal(
    const std::string& path, std::uint64_t offset,
    const std::function<void(const Json& record, const JournalSpan& where)>& take);

// One record again.
Result<Json> read_journal_record(const std::string& path, const JournalSpan& where);

}  // namespace quire
