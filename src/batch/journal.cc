#include "batch/journal.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/bytes.h"
#include "format/checksum.h"

namespace quire {
namespace {

constexpr std::string_view kCrcKey = ",\"crc\":\"";
constexpr std::size_t kCrcTail = kCrcKey.size() + 8 + 2;  // digits, "}

std::string crc_hex(std::string_view text) {
  char digits[9];
  std::snprintf(digits, sizeof digits, "%08x", crc32(as_bytes(text)));
  return digits;
}

Status system_error(const std::string& path, const char* what) {
  return io_error(path + ": " + what + ": " + std::strerror(errno));
}

// Without this a crash of the system could lose the file with all that is in it.
Status sync_folder(const std::string& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return system_error(folder, "cannot open");
  // Some network file systems do not know how, and need not.
  const bool failed = ::fsync(fd) != 0 && errno != EINVAL && errno != ENOTSUP;
  const Status status = failed ? system_error(folder, "cannot sync") : Status();
  ::close(fd);
  return status;
}

struct Input {
  int fd;
  ~Input() {
    if (fd >= 0) ::close(fd);
  }
};

// -1 on an error.
ssize_t read_at(int fd, char* to, std::size_t size, std::uint64_t offset) {
  ssize_t n;
  do {
    n = ::pread(fd, to, size, static_cast<off_t>(offset));
  } while (n < 0 && errno == EINTR);
  return n;
}

}  // namespace

std::string journal_line(const nlohmann::ordered_json& record) {
  std::string line = record.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  line.pop_back();  // the brace
  const std::string crc = crc_hex(line);
  return line.append(kCrcKey).append(crc).append("\"}\n");
}

Result<Json> parse_journal_line(std::string_view line) {
  if (line.size() < kCrcTail + 1 || line.substr(line.size() - kCrcTail, kCrcKey.size()) != kCrcKey)
    return invalid("it does not end with a checksum");
  const std::string_view body = line.substr(0, line.size() - kCrcTail);
  if (line.substr(line.size() - 10, 8) != crc_hex(body)) return invalid("its checksum is wrong");
  Result<Json> record = parse_json(line);
  if (record && !record->is_object()) return invalid("it is no object");
  return record;
}

Result<JournalWriter> JournalWriter::create(const std::string& path) {
  JournalWriter writer;
  writer.path_ = path;
  writer.fd_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
  if (writer.fd_ < 0) return system_error(path, "cannot create the journal");
  QUIRE_TRY(sync_folder(std::filesystem::path(path).parent_path().string()));
  return writer;
}

JournalWriter::~JournalWriter() {
  if (fd_ >= 0) ::close(fd_);
}

JournalWriter::JournalWriter(JournalWriter&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}

Status JournalWriter::append(const nlohmann::ordered_json& record, Durable durable) {
  const std::string line = journal_line(record);
  for (std::string_view rest = line; !rest.empty();) {
    const ssize_t n = ::write(fd_, rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error(path_, "cannot write");
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  if (durable == Durable::kYes && ::fdatasync(fd_) != 0) return system_error(path_, "cannot sync");
  return {};
}

Result<JournalReading> read_journal(
    const std::string& path, std::uint64_t offset,
    const std::function<void(const Json& record, const JournalSpan& where)>& take) {
  const Input file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) return system_error(path, "cannot open the journal");
  JournalReading reading;
  reading.end = offset;
  std::string held;          // from reading.end on
  std::size_t searched = 0;  // of held, and no end of a line in it
  bool skipping = false;     // in a line that is too long to be one
  std::string piece(1 << 16, '\0');
  const auto damage = [&](const std::string& what) {
    reading.damages.push_back(path + ": the record at byte " + std::to_string(reading.end) +
                              " is damaged: " + what);
  };
  for (std::uint64_t at = offset;;) {
    const ssize_t n = read_at(file.fd, piece.data(), piece.size(), at);
    if (n < 0) return system_error(path, "cannot read");
    if (n == 0) break;
    at += static_cast<std::uint64_t>(n);
    held.append(piece, 0, static_cast<std::size_t>(n));
    std::size_t begin = 0;
    for (std::size_t end; (end = held.find('\n', std::max(begin, searched))) != std::string::npos;
         begin = end + 1) {
      const std::string_view line = std::string_view(held).substr(begin, end - begin);
      if (!skipping) {
        const Result<Json> record = parse_journal_line(line);
        if (record) {
          take(*record, {reading.end, line.size()});
        } else {
          damage(record.status().message());
        }
      }
      skipping = false;
      reading.end += line.size() + 1;
    }
    held.erase(0, begin);
    if (held.size() > kMaxJournalLine) {
      if (!skipping) damage("it is longer than any record");
      skipping = true;
      reading.end += held.size();
      held.clear();
    }
    searched = held.size();
  }
  reading.torn = !held.empty() || skipping;
  return reading;
}

Result<Json> read_journal_record(const std::string& path, const JournalSpan& where) {
  const Input file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) return system_error(path, "cannot open the journal");
  std::string line(where.length, '\0');
  for (std::size_t have = 0; have < line.size();) {
    const ssize_t n = read_at(file.fd, line.data() + have, line.size() - have, where.offset + have);
    if (n < 0) return system_error(path, "cannot read");
    if (n == 0) return io_error(path + ": is shorter than it was");
    have += static_cast<std::size_t>(n);
  }
  Result<Json> record = parse_journal_line(line);
  return record ? record : record.status().at(path);
}

}  // namespace quire
